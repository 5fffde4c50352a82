import { nowMs } from '../clock.ts';
import type { SimState } from '../state.ts';
import { dependenciesOf, loadUnit } from './dependencies.ts';
import { execFailed, sayMissing } from './execute.ts';
import { isAlive } from './main-process.ts';
import { runQueue } from './queue.ts';
import { processEnded } from './service.ts';
import type { Foreign, Unit } from './state.ts';
import { newSystemd } from './state.ts';
import { enqueue, Refused } from './transaction.ts';
import { definition, readUnit } from './unit.ts';
import { realName } from './unit-files.ts';

/** At a boot: starts everything that the default target pulls in, in order. */
export function bootUnits(state: SimState): void {
  // Programs of the previous boot may still be reported as ended.
  const { journal, nextForeign } = state.systemd;
  state.systemd = { ...newSystemd(journal), nextForeign };
  enqueue(state, 'default.target', 'start').forgotten = true;
  runQueue(state);
}

/** Starts units without waiting for them; one that cannot start does not stop the others. */
export function startUnits(state: SimState, names: readonly string[]): void {
  for (const name of names) {
    try {
      enqueue(state, name, 'start').forgotten = true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
  runQueue(state);
}

/** Reads all units' files again; running units go on (`daemon-reload`). */
export function reloadUnits(state: SimState): void {
  const { units } = state.systemd;
  for (const unit of Object.values(units)) Object.assign(unit, definition(state, unit.name));
  for (const unit of Object.values(units)) for (const name of namesOf(state, unit)) loadUnit(state, name);
  runQueue(state);
}

function namesOf(state: SimState, unit: Unit): readonly string[] {
  return Object.values(dependenciesOf(state, unit)).flat();
}

/** A unit as systemd knows it: the loaded one, or as it would load it. */
export function unitNow(state: SimState, alias: string): Unit {
  const { units } = state.systemd;
  const name = Object.hasOwn(units, alias) ? alias : realName(state, alias);
  const there = Object.hasOwn(units, name) ? units[name] : undefined;
  return there && there.load !== 'not-found' ? there : { ...readUnit(state, name), ...activityOf(there) };
}

function activityOf(unit: Unit | undefined): Partial<Unit> {
  return unit === undefined || unit.active === 'inactive' ? {} : { active: unit.active, sub: unit.sub };
}

/** What systemd does on its own when processes have ended, devices have appeared, or time has passed. */
export function settleUnits(state: SimState): void {
  const { units, jobs } = state.systemd;
  let changed = jobs.length > 0;
  for (const unit of Object.values(units)) {
    if (unit.mainPid !== 0 && !isAlive(state, unit.mainPid)) {
      processEnded(state, unit, endOf(state, unit.mainPid));
      changed = true;
    }
    changed ||= unit.restartAtMs !== undefined && unit.restartAtMs <= nowMs(state);
  }
  if (changed || hasBound(state)) runQueue(state);
}

function hasBound(state: SimState): boolean {
  return Object.values(state.systemd.units).some(
    (unit) => unit.active === 'active' && dependenciesOf(state, unit).bindsTo.length > 0,
  );
}

/** How a process that is gone ended; a daemon without a record of it has crashed. */
function endOf(
  state: SimState,
  pid: number,
): { readonly kind: 'exited' | 'killed'; readonly status: number } {
  const end = state.exits[String(pid)];
  delete state.exits[String(pid)];
  return end ?? { kind: 'killed', status: 6 };
}

/** When the next event is due, on the host's clock; undefined if there is none. */
export function nextWakeMs(state: SimState): number | undefined {
  const { units, jobs } = state.systemd;
  const times = [
    ...Object.values(units).map((unit) => unit.restartAtMs),
    ...jobs.map((job) => job.deadlineMs),
    ...state.events.map((event) => event.dueMs),
  ].filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** A foreign program has ended; its unit goes on. */
export function foreignEnded(
  state: SimState,
  id: number,
  end: { readonly kind: 'exited' | 'killed'; readonly status: number },
): void {
  const { systemd } = state;
  const foreign = systemd.foreign.find((one) => one.id === id);
  systemd.foreign = systemd.foreign.filter((one) => one !== foreign);
  const unit = foreign && systemd.units[foreign.unit];
  if (!unit || unit.foreign !== id) return;
  delete unit.foreign;
  // For the main process of a running service, systemd reports a missing program only here.
  if (end.status === execFailed && unit.stage === undefined)
    sayMissing(state, unit.name, foreign.argv[0] ?? '');
  processEnded(state, unit, end);
  runQueue(state);
}

export function nextForeign(state: SimState, isDead: (pid: number) => boolean): Foreign | undefined {
  return state.systemd.foreign.find(({ takenBy }) => takenBy === 0 || isDead(takenBy));
}
