import type { Direction } from './outage.ts';

/** What became of what was sent, counted in steps of the sender's time, in milliseconds after a phase began; negative: before it. */
export interface Trace {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly sent: readonly number[];
  /** How many of those arrived. */
  readonly arrived: readonly number[];
}

/** Nobody could read a trace of more, and every step is stored. */
const mostSteps = 2_000;

/** @param sinceMs a time of the sender's clock, in microseconds → milliseconds after the phase began @param toMs where it ends */
export function traceOf(
  { sent, got }: Direction,
  sinceMs: (us: number) => number,
  { fromMs, toMs, stepMs }: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number },
): Trace {
  const steps = Math.max(0, Math.min(mostSteps, Math.ceil((toMs - fromMs) / stepMs)));
  const counts = { sent: new Array<number>(steps).fill(0), arrived: new Array<number>(steps).fill(0) };
  for (const [n, us] of sent.entries()) {
    const step = Math.floor((sinceMs(us) - fromMs) / stepMs);
    if (us === undefined || us < 0 || step < 0 || step >= steps) continue;
    counts.sent[step] = (counts.sent[step] ?? 0) + 1;
    if (got[n] !== undefined) counts.arrived[step] = (counts.arrived[step] ?? 0) + 1;
  }
  return { fromMs, stepMs, ...counts };
}
