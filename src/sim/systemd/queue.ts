import { nowMs } from '../clock.ts';
import type { SimState } from '../state.ts';
import { setActive } from './active.ts';
import { unmet } from './conditions.ts';
import { collect, dependenciesOf, loadUnit, namedBy } from './dependencies.ts';
import { isDevice, isThere } from './devices.ts';
import { commandsIn } from './execute.ts';
import { note } from './journal.ts';
import { reloadService, startService, stopService } from './service.ts';
import type { Job, JobResult, Unit } from './state.ts';
import { enqueue, isOpen, Refused } from './transaction.ts';
import { titleOf } from './unit.ts';
import { partsOf } from './unit-name.ts';

const deviceTimeoutMs = 90_000;

/** Runs all jobs that can run now (job.c). */
export function runQueue(state: SimState): void {
  const { systemd } = state;
  for (;;) {
    finishJobs(state);
    restartDue(state);
    stopBound(state);
    const waiting = systemd.jobs.filter((job) => job.state === 'waiting');
    const next = waiting.find((job) => !blocker(state, job)) ?? brokenCycle(state, waiting);
    if (!next) break;
    run(state, next);
  }
  systemd.jobs = systemd.jobs.filter((job) => isOpen(job) || job.forgotten === false);
  collect(state);
}

/** The first unfinished job that this one must wait for, by the order of their units (job_compare). */
function blocker(state: SimState, job: Job): Job | undefined {
  return state.systemd.jobs.find(
    (other) => other !== job && other.unit !== job.unit && isOpen(other) && waitsFor(state, job, other),
  );
}

function waitsFor(state: SimState, job: Job, other: Job): boolean {
  const stops = (one: Job) => one.type === 'stop' || one.type === 'restart';
  if (isBefore(state, other.unit, job.unit)) return !stops(job);
  return isBefore(state, job.unit, other.unit) && stops(other);
}

function isBefore(state: SimState, first: string, second: string): boolean {
  const { units } = state.systemd;
  const [a, b] = [units[first], units[second]];
  return (
    (b !== undefined && dependenciesOf(state, b).after.includes(first)) ||
    (a !== undefined && dependenciesOf(state, a).before.includes(second))
  );
}

/** If all jobs wait for each other, drops one. */
function brokenCycle(state: SimState, waiting: readonly Job[]): undefined {
  const [first] = waiting;
  const runs = state.systemd.jobs.some((job) => job.state === 'running');
  if (!first || runs) return undefined;
  note(
    state,
    first.unit,
    `${first.unit}: Found ordering cycle on ${blocker(state, first)?.unit ?? ''}/start`,
    {
      priority: 4,
    },
  );
  note(state, first.unit, `${first.unit}: Job ${first.unit}/start deleted to break ordering cycle`, {
    priority: 3,
  });
  first.state = 'canceled';
  return undefined;
}

function run(state: SimState, job: Job): void {
  const unit = loadUnit(state, job.unit);
  job.state = 'running';
  const runs = unit.active === 'active' || unit.active === 'activating';
  if (job.type === 'try-restart') job.type = runs ? 'restart' : 'try-restart';
  if (job.type === 'try-restart') end(state, job, 'done');
  else if (job.type === 'restart' && !runs) job.type = 'start';
  if (job.state !== 'running') return;
  if (job.type === 'start') runStart(state, job, unit);
  else if (job.type === 'reload') runReload(state, job, unit);
  else runStop(state, unit);
}

function runStart(state: SimState, job: Job, unit: Unit): void {
  if (unit.active === 'active' || unit.active === 'activating') return;
  if (isDevice(unit.name)) {
    job.deadlineMs ??= nowMs(state) + deviceTimeoutMs;
    return;
  }
  unit.conditionMet = false;
  const condition = unmet(state, unit, 'Condition');
  if (condition !== undefined) {
    note(
      state,
      unit.name,
      `${titleOf(state, unit)} was skipped because of an unmet condition check (${condition}).`,
    );
    end(state, job, 'done');
    return;
  }
  unit.conditionMet = true;
  const assertion = unmet(state, unit, 'Assert');
  if (assertion !== undefined) {
    note(state, unit.name, `Starting ${titleOf(state, unit)} requested, but asserts failed.`);
    note(state, unit.name, `Assertion failed for ${titleOf(state, unit)}.`, { priority: 3 });
    end(state, job, 'assert');
    return;
  }
  if (partsOf(unit.name).suffix === 'service') startService(state, unit);
  else reach(state, unit);
}

function reach(state: SimState, unit: Unit): void {
  const isTarget = partsOf(unit.name).suffix === 'target';
  if (isTarget) note(state, unit.name, `Reached target ${titleOf(state, unit)}.`);
  setActive(state, unit, 'active', 'active');
}

function runStop(state: SimState, unit: Unit): void {
  if (unit.active === 'inactive' || unit.active === 'failed' || unit.active === 'deactivating') return;
  if (partsOf(unit.name).suffix === 'service') stopService(state, unit);
  else setActive(state, unit, 'inactive', 'dead');
}

function runReload(state: SimState, job: Job, unit: Unit): void {
  if (unit.active !== 'active' || commandsIn(state, unit, 'ExecReload').length === 0)
    end(state, job, 'failed');
  else reloadService(state, unit);
}

/** Finishes jobs whose units have settled. */
function finishJobs(state: SimState): void {
  for (const job of state.systemd.jobs.filter((one) => one.state === 'running')) {
    const unit = state.systemd.units[job.unit];
    if (!unit) end(state, job, 'canceled');
    else if (isDevice(job.unit) && job.type === 'start') finishDevice(state, job, unit);
    else if (unit.stage === undefined) finishJob(state, job, unit);
  }
}

/** `Restart=` is a job like any other, and includes the units that depend on this one. */
function restartDue(state: SimState): void {
  for (const unit of Object.values(state.systemd.units)) {
    if (unit.restartAtMs === undefined || unit.restartAtMs > nowMs(state)) continue;
    delete unit.restartAtMs;
    const text = `${unit.name}: Scheduled restart job, restart counter is at ${unit.restarts}.`;
    note(state, unit.name, text);
    try {
      enqueue(state, unit.name, 'restart').forgotten = true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
}

function finishDevice(state: SimState, job: Job, unit: Unit): void {
  if (isThere(state, unit.name)) {
    setActive(state, unit, 'active', 'plugged');
    end(state, job, 'done');
  } else if (nowMs(state) >= (job.deadlineMs ?? 0)) {
    note(state, unit.name, `${unit.name}: Job ${unit.name}/start timed out.`, { priority: 4 });
    note(state, unit.name, `Timed out waiting for device ${unit.name}.`, { priority: 3 });
    end(state, job, 'timeout');
  }
}

function finishJob(state: SimState, job: Job, unit: Unit): void {
  const { active } = unit;
  if (job.type === 'stop' || job.type === 'restart') {
    if (active !== 'inactive' && active !== 'failed') return;
    if (job.type === 'stop') end(state, job, 'done');
    else {
      job.type = 'start';
      job.state = 'waiting';
    }
  } else if (active === 'failed' || unit.sub === 'auto-restart') end(state, job, 'failed');
  else if (active === 'active' || active === 'inactive') end(state, job, 'done');
}

function end(state: SimState, job: Job, result: JobResult): void {
  job.state = result;
  if (job.type !== 'start' || result === 'done') return;
  for (const kind of ['requires', 'bindsTo', 'requisite'] as const) {
    for (const unit of namedBy(state, job.unit, kind)) failDependent(state, unit);
  }
}

function failDependent(state: SimState, unit: Unit): void {
  const job = state.systemd.jobs.find((one) => one.unit === unit.name && one.state === 'waiting');
  if (job?.type !== 'start') return;
  note(state, unit.name, `Dependency failed for ${titleOf(state, unit)}.`, { priority: 3 });
  note(state, unit.name, `${unit.name}: Job ${unit.name}/start failed with result 'dependency'.`, {
    priority: 5,
  });
  end(state, job, 'dependency');
}

/** `BindsTo=`: stops units bound to one that has gone and that no job is bringing back. */
function stopBound(state: SimState): void {
  for (const unit of Object.values(state.systemd.units)) {
    if (unit.active !== 'active' || hasJob(state, unit.name)) continue;
    const gone = dependenciesOf(state, unit).bindsTo.some((name) => isGone(state, name));
    if (!gone) continue;
    try {
      enqueue(state, unit.name, 'stop').forgotten = true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
}

function isGone(state: SimState, name: string): boolean {
  if (hasJob(state, name)) return false;
  if (isDevice(name)) return !isThere(state, name);
  const unit = state.systemd.units[name];
  return unit === undefined || unit.active === 'inactive' || unit.active === 'failed';
}

function hasJob(state: SimState, name: string): boolean {
  return state.systemd.jobs.some((job) => job.unit === name && isOpen(job));
}
