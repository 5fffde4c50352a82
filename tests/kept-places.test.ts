import { expect, test } from 'vitest';
import { applyScenario, type Scenario, scenariosIn, setUp } from './support/scenario.ts';

const [scenario] = scenariosIn('guest-added') as [Scenario];

test('a plan that breaks something else does not count as applied', async () => {
  const { world } = await setUp(scenario);
  world.meddling = {
    before: (_argv, stdin) => / vf 3 mac /.test(stdin),
    act: (machine) => machine.run('ip link set dev enp3s0f0np0 vf 0 vlan 99'.split(' ')),
  };
  const outcome = await applyScenario(world, scenario);
  expect(world.meddling).toBeUndefined();
  expect(outcome).toMatchObject({
    kind: 'rolled-back',
    failure: { unmet: [{ wanted: expect.stringContaining('vf-vlan 0000:03:00.0/0'), saw: '99' }] },
  });
});
