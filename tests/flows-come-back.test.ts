import { describe, expect, test } from 'vitest';
import { crashVswitchd } from '../src/sim/ovs/service.ts';
import { applyScenario, planOf, scenariosIn, setUp } from './support/scenario.ts';

/** ovs-vswitchd loses its flows whenever it starts; they must come back without anyone running vflane. */
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

  test('is as asked after a restart of Open vSwitch by hand', async () => {
    const world = await applied();
    await world.machine.run(['systemctl', 'restart', 'openvswitch-switch']);
    expect((await planOf(world, scenario)).plan.steps).toEqual([]);
  });

  test('gets lost parts back: the script, the files, the flows', async () => {
    const world = await applied();
    await world.machine.run(['rm', '-rf', '/var/lib/vflane/ovs-flows']);
    crashVswitchd(world.state);
    const { steps } = (await planOf(world, scenario)).plan;
    expect(steps.map(({ resource }) => resource)).toEqual(['ovs-start-hook', 'kept-flows', 'flows']);
  });
});
