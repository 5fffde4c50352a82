import { describe, expect, test } from 'vitest';
import { bootPlaces } from '../src/model/boot.ts';
import { planToDisable } from '../src/operate/plan-back.ts';
import { firstOfEach, shapeAsked } from './support/breadth.ts';
import { dump, dumpDifference } from './support/dump.ts';
import { enable, planEnabled } from './support/enabled.ts';
import { allScenarios, carryOutPlan, errorsIn, planOf, type Scenario, setUp } from './support/scenario.ts';
import type { World } from './support/world.ts';

/** A host enabled with its file; undefined if that cannot be applied. */
async function enabled(scenario: Scenario): Promise<World | undefined> {
  const { world } = await setUp(scenario);
  const { plan } = await planEnabled(world, scenario);
  if (errorsIn(plan).length > 0) return undefined;
  const outcome = await carryOutPlan(world.process(), plan, 'enable', 'enabled');
  if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome).slice(0, 900));
  return world;
}

/** One for each combination of kinds in the file, and the largest. */
const scenarios = firstOfEach(allScenarios, (scenario) => [
  shapeAsked(scenario),
  scenario.host.vfs > 100,
  scenario.fabric.networks.length,
]);

const started: string[] = [];

describe('an enabled host comes back from a reboot as last applied', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (name, scenario) => {
    const world = await enabled(scenario);
    if (!world) return;
    started.push(name);
    const { report, outcome } = await world.restart();
    expect(outcome).toMatchObject({ kind: expect.stringMatching(/^(applied|nothing-to-do)$/) });
    expect(report.outcome).toBe('as-asked');
    expect((await planOf(world, scenario)).differences).toEqual([]);
  });

  test('which is most of the scenarios, of every datapath', () => {
    expect(started.length).toBeGreaterThan(20);
    expect(started).toEqual(expect.arrayContaining(['pool-of-127', 'ovs-tc/alpha', 'ovs-dpdk/alpha']));
  });
});

/** One of each datapath, with and without a card, on hosts that match their file once it is applied. */
const plain = allScenarios.filter(({ name }) =>
  ['namespace-guest', 'ovs-tc/alpha', 'ovs-dpdk/alpha', 'software-ovs-tc/alpha'].includes(name),
);

test.each(plain.map((scenario) => [scenario.name, scenario] as const))(
  'disable leaves the network as it is, and removes its own files: %s',
  async (_name, scenario) => {
    const { world } = await setUp(scenario);
    await world.machine.writeFile('/etc/network/interfaces', 'auto bond0\niface bond0 inet manual\n');
    const { plan: first } = await planOf(world, scenario);
    expect(await carryOutPlan(world.process(), first, 'apply', 'applied')).toMatchObject({ kind: 'applied' });
    const was = dump(world.state);
    expect(await enable(world, scenario)).toMatchObject({ kind: 'applied' });
    const hasBond = (await planOf(world, scenario)).spec?.underlay?.bond?.name === 'bond0';
    const told = world.state.files[bootPlaces.ifupdown]?.includes('EXCLUDE_INTERFACES=bond0');
    expect(told ?? false).toBe(hasBond);
    const { plan } = await planToDisable(world.process(), scenario.host, scenario.options);
    expect(await carryOutPlan(world.process(), plan, 'disable', 'off')).toMatchObject({ kind: 'applied' });
    expect(dumpDifference(was, dump(world.state))).toEqual([]);
    const left = Object.keys(world.state.files).filter((path) => path.startsWith(bootPlaces.folder));
    expect(left).toEqual([]);
  },
);
