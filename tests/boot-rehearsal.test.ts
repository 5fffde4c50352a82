import { describe, expect, test } from 'vitest';
import { memoryStore } from '../src/host/memory-store.ts';
import { rehearse } from '../src/operate/rehearse.ts';
import { dump } from './support/dump.ts';
import { enable } from './support/enabled.ts';
import { allScenarios, setUp } from './support/scenario.ts';

const enabled = allScenarios.filter(({ name }) =>
  ['namespace-guest', 'ovs-tc/alpha', 'software-ovs-tc/alpha'].includes(name),
);

describe('a start is rehearsed', () => {
  test.each(enabled.map((scenario) => [scenario.name, scenario] as const))(
    'up to its steps, without touching the host: %s',
    async (_name, scenario) => {
      const { world } = await setUp(scenario);
      expect(await enable(world, scenario)).toMatchObject({ kind: 'applied' });
      const before = dump(world.state);
      const commands = world.state.log.length;
      const store = memoryStore();
      await rehearse({ host: world.machine, store, self: ['/usr/bin/vflane'] });
      expect(dump(world.state)).toEqual(before);
      expect(world.state.log.length).toBe(commands);
      const records = (await store.records()).map((text) => JSON.parse(text) as { phase?: string });
      if (!scenario.name.startsWith('software'))
        expect(records.filter(({ phase }) => phase === 'done').length).toBeGreaterThan(5);
    },
  );
});
