import { outcomeFindings } from '../../src/cli/outcome-findings.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { type Booted, bootHost } from '../../src/operate/boot.ts';
import { type HostPlan, planFromFile } from '../../src/operate/plan-host.ts';
import { reboot } from '../../src/sim/create.ts';
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

let started = 0;

/** The host is started, and its systemd starts what is enabled. */
export async function restart(world: World): Promise<Booted> {
  world.locked = false;
  reboot(world.state);
  return startUnit(world);
}

/** As vflane-boot.service. */
export async function startUnit(world: World, told: string[] = []): Promise<Booted> {
  started += 1;
  return bootHost(world.workshop(), {
    planId: () => `boot-${started}`,
    onEvent: () => {},
    explain: (outcome) => outcomeFindings('alpha', outcome),
    tell: (line) => void told.push(line),
    patienceMs: 3_000,
  });
}
