import { nowMs } from '../clock.ts';
import type { SimState } from '../state.ts';
import { setActive } from './active.ts';
import { spanMs } from './span.ts';
import type { Unit } from './state.ts';
import { linesOf, settingOf } from './unit.ts';

const defaultBurst = 5;

/** Whether there were `StartLimitBurst=` starts within `StartLimitIntervalSec=`. */
export function isTooOften(state: SimState, unit: Unit): boolean {
  const interval = settingOf(state, unit, 'Unit', 'StartLimitIntervalSec');
  const burst = Number(settingOf(state, unit, 'Unit', 'StartLimitBurst') || defaultBurst);
  const within = interval === '' ? 10_000 : (spanMs(interval) ?? 10_000);
  const recent = unit.startsMs.filter((at) => nowMs(state) - at < within);
  return burst > 0 && within > 0 && recent.length >= burst;
}

/** Not if it was asked to stop: then it has a job. */
export function mustRestart(state: SimState, unit: Unit): boolean {
  const asked = state.systemd.jobs.some(
    (job) =>
      job.unit === unit.name && job.state === 'running' && (job.type === 'stop' || job.type === 'restart'),
  );
  const policy = settingOf(state, unit, 'Service', 'Restart') || 'no';
  const prevented = linesOf(state, unit, 'Service', 'RestartPreventExitStatus').flatMap((line) =>
    line.split(/\s+/),
  );
  if (asked || policy === 'no' || prevented.includes(String(unit.execStatus))) return false;
  if (policy === 'always') return unit.startsMs.length > 0;
  if (policy === 'on-success') return unit.result === 'success';
  if (policy === 'on-failure') return unit.result !== 'success';
  return (policy === 'on-abnormal' || policy === 'on-abort') && unit.result === 'signal';
}

const defaultRestartMs = 100;

export function scheduleRestart(state: SimState, unit: Unit): void {
  const span = settingOf(state, unit, 'Service', 'RestartSec');
  const delayMs = span === '' ? defaultRestartMs : (spanMs(span) ?? defaultRestartMs);
  unit.restarts += 1;
  setActive(state, unit, 'activating', 'auto-restart');
  // The default is too short to be seen from outside.
  unit.restartAtMs = nowMs(state) + (delayMs > defaultRestartMs ? delayMs : 0);
}
