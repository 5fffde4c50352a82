/** What was sent and what arrived, counted in steps of time. Milliseconds after a phase began; negative: before it. */
export interface Trace {
  readonly fromMs: number;
  readonly stepMs: number;
  /** In each step, by the sender's clock; and by the receiver's. */
  readonly sent: readonly number[];
  readonly arrived: readonly number[];
}

/** A picture of more is none that anybody reads, and every step is kept. */
const mostSteps = 2_000;

/** @param times ascending or not, in milliseconds after the phase began @param toMs where it ends */
export function traceOf(
  times: { readonly sent: readonly number[]; readonly arrived: readonly number[] },
  fromMs: number,
  toMs: number,
  stepMs: number,
): Trace {
  const steps = Math.max(0, Math.min(mostSteps, Math.ceil((toMs - fromMs) / stepMs)));
  const counted = (all: readonly number[]): readonly number[] => {
    const counts = new Array<number>(steps).fill(0);
    for (const at of all) {
      const step = Math.floor((at - fromMs) / stepMs);
      if (step >= 0 && step < steps) counts[step] = (counts[step] ?? 0) + 1;
    }
    return counts;
  };
  return { fromMs, stepMs, sent: counted(times.sent), arrived: counted(times.arrived) };
}
