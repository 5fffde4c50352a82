import { describe, expect, test } from 'vitest';
import { bootPlaces } from '../src/model/boot.ts';
import { planToDisable } from '../src/operate/plan-host.ts';
import { dump, dumpDifference } from './support/dump.ts';
import { enable, planEnabled, restart } from './support/enabled.ts';
import { allScenarios, carryOutPlan, errorsIn, planOf, type Scenario, setUp } from './support/scenario.ts';
import type { World } from './support/world.ts';

/** Scenarios that can be applied at all. */
async function enabled(scenario: Scenario): Promise<World | undefined> {
  const { world } = await setUp(scenario);
  const { plan } = await planEnabled(world, scenario);
  if (errorsIn(plan).length > 0) return undefined;
  const outcome = await enable(world, scenario);
  if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome).slice(0, 900));
  return world;
}

describe('an enabled host that is started is as it was last asked to be', () => {
  test.each(allScenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      const world = await enabled(scenario);
      if (!world) return;
      expect((await planOf(world, scenario)).differences).toEqual([]);
      const { report, outcome } = await restart(world);
      expect(outcome).toMatchObject({ kind: expect.stringMatching(/^(applied|nothing-to-do)$/) });
      expect(report.outcome).toBe('as-asked');
      expect((await planOf(world, scenario)).differences).toEqual([]);
    },
  );
});

describe('disable', () => {
  test.each(allScenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      const { world } = await setUp(scenario);
      const before = await planOf(world, scenario);
      if (errorsIn(before.plan).length > 0 || before.differences.length > 0) return;
      const was = dump(world.state);
      await enable(world, scenario);
      const { plan } = await planToDisable(world.process(), scenario.host, scenario.options);
      expect(await carryOutPlan(world.process(), plan, 'disable', 'disabled')).toMatchObject({
        kind: 'applied',
      });
      expect(dumpDifference(was, dump(world.state))).toEqual([]);
      expect(Object.keys(world.state.files).filter((path) => path.startsWith(bootPlaces.folder))).toEqual([]);
    },
  );
});
