import type { Outcome } from '../../src/model/outcome.ts';
import { type HostPlan, planFromFile } from '../../src/operate/plan-host.ts';
import { carryOutPlan, type Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** As `vflane enable`. */
export async function enable(world: World, scenario: Scenario, planId = 'enabled'): Promise<Outcome> {
  const site = world.process();
  const { plan } = await planEnabled(world, scenario);
  return carryOutPlan(site, plan, 'enable', planId);
}

export function planEnabled(world: World, { fabric, host, options }: Scenario): Promise<HostPlan> {
  return planFromFile(world.process(), fabric, host, { ...options, boot: true });
}
