import { describe, expect, test } from 'vitest';
import { crashVswitchd } from '../src/sim/ovs/service.ts';
import { applyScenario, planOf, scenariosIn, setUp } from './support/scenario.ts';

/** ovs-vswitchd forgets its flows whenever it starts, and nobody may have to ask vflane for them again. */
describe.each(scenariosIn('ovs-tc'))('$name', (scenario) => {
  async function applied() {
    const { world } = await setUp(scenario);
    expect(await applyScenario(world, scenario)).toMatchObject({ kind: 'applied' });
    return world;
  }

  test('is as asked after ovs-vswitchd has crashed', async () => {
    const world = await applied();
    crashVswitchd(world.state);
    expect((await planOf(world, scenario)).plan.steps).toEqual([]);
  });

  test('is as asked after somebody has restarted Open vSwitch', async () => {
    const world = await applied();
    await world.machine.run(['systemctl', 'restart', 'openvswitch-switch']);
    expect((await planOf(world, scenario)).plan.steps).toEqual([]);
  });

  test('gets back what was lost with its files: the script, the files, the flows', async () => {
    const world = await applied();
    await world.machine.run(['rm', '-rf', '/var/lib/vflane/ovs-flows']);
    crashVswitchd(world.state);
    const { steps } = (await planOf(world, scenario)).plan;
    expect(steps.map(({ resource }) => resource)).toEqual(['ovs-start-hook', 'kept-flows', 'flows']);
  });
});
