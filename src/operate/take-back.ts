import type { Clock } from '../apply/clock.ts';
import { readFold } from '../apply/fold.ts';
import type { Outcome } from '../model/outcome.ts';
import { carryOut } from './carry-out.ts';
import type { Workshop } from './workshop.ts';

/** How long the timer's process waits for an apply that is still under way, in milliseconds. */
const patienceMs = 3_600_000;
const pauseMs = 1_000;

/** What the dead-man timer starts: waits until the plan's time has really run out, and takes the plan back unless it was confirmed. */
export async function takeBackWhenDue(
  workshop: Workshop & { readonly clock: Clock },
  planId: string,
): Promise<Outcome> {
  const { clock } = workshop;
  const givesUpAt = clock.now() + patienceMs;
  for (;;) {
    const { outcome, isOver } = await takeBackIfDue(workshop, planId);
    if (isOver || clock.now() > givesUpAt) return outcome;
    await clock.sleep(pauseMs);
  }
}

/** One attempt; not over if somebody else is at work, or if the time, which counts from the end of the apply, has not run out. */
export async function takeBackIfDue(
  workshop: Workshop,
  planId: string,
): Promise<{ readonly outcome: Outcome; readonly isOver: boolean }> {
  const outcome = await carryOut(workshop, { do: 'rollback', planId }, () => {});
  const waits = outcome.kind === 'nothing-to-do' && (await stillArmed(workshop, planId));
  return { outcome, isOver: outcome.kind !== 'locked' && !waits };
}

async function stillArmed({ store }: Workshop, planId: string): Promise<boolean> {
  const { open, unconfirmed } = await readFold(store);
  const waiting = open ?? unconfirmed;
  return waiting?.id === planId && waiting.deadline !== undefined;
}
