import { systemClock } from '../apply/clock.ts';
import type { OnEvent } from '../apply/event.ts';
import { expired, type Fold, readFold } from '../apply/fold.ts';
import { applyPlan, confirmPlan, finish, resumePlan, type WalkOutcome } from '../apply/walk.ts';
import { StoreLocked } from '../host/store.ts';
import type { Outcome, StepFailure } from '../model/outcome.ts';
import type { Change, Plan } from '../model/plan.ts';
import { whatDiffers, words } from '../plan/apart.ts';
import { changesIn } from '../plan/plan.ts';
import { armAction } from './dead-man.ts';
import { type HostLock, hostLock } from './host-lock.ts';
import { basisNow, residueOf, wantsAfter } from './look.ts';
import type { Request } from './site.ts';
import { waiting } from './waiting.ts';
import { afterReboot, closeAfterReboot, disarm, takeBack } from './way-back.ts';
import type { Bench, Workshop } from './workshop.ts';

/** Carries out a request on its host: under the lock, journalled, and ending with a look. */
export async function carryOut(
  workshop: Workshop,
  request: Request,
  onEvent: OnEvent,
  lock?: HostLock,
): Promise<Outcome> {
  const bench: Bench = { ...workshop, clock: workshop.clock ?? systemClock, onEvent };
  const ours = lock ?? hostLock(bench.store, bench.clock);
  let isFresh: boolean;
  try {
    ({ isFresh } = await ours.take());
  } catch (error) {
    if (error instanceof StoreLocked) return locked(error);
    throw error;
  }
  try {
    return await carryOutLocked(bench, request, isFresh);
  } finally {
    await ours.release();
  }
}

/** What is known once the lock is held. */
interface Standing {
  readonly fold: Fold;
  readonly bootId: string;
  /** The host was looked at under this very lock, so recently that it need not be looked at again. */
  readonly isFresh: boolean;
}

async function carryOutLocked(bench: Bench, request: Request, isFresh: boolean): Promise<Outcome> {
  const fold = await readFold(bench.store);
  const bootId = (await bench.host.readFile('/proc/sys/kernel/random/boot_id')).trim();
  const standing: Standing = { fold, bootId, isFresh };
  if (request.do === 'apply') return apply(bench, standing, request);
  if (request.do === 'resume') return resume(bench, standing);
  if (request.do === 'confirm') return confirm(bench, standing);
  if (request.do === 'settle') return settle(bench, standing);
  return rollback(bench, standing, request.planId);
}

async function apply(bench: Bench, standing: Standing, request: Request & { do: 'apply' }): Promise<Outcome> {
  const { plan, planId, verb, confirmWithinMs } = request;
  const { bootId, isFresh } = standing;
  const waiting = await settleFormer(bench, standing, plan.host);
  if (waiting) return waiting;
  const isAsPlanned = isFresh || (await basisNow(bench.host, changesIn(plan.steps))) === plan.basis;
  if (!isAsPlanned) return stale(plan.host);
  const timed =
    confirmWithinMs === undefined ? {} : { confirmWithinMs, arm: armWith(bench, planId, confirmWithinMs) };
  const walked = await applyPlan({ ...bench, plan, planId, verb, bootId, ...timed });
  return conclude(bench, walked, { plan, id: planId, isTimed: confirmWithinMs !== undefined }, bootId);
}

function armWith(bench: Bench, planId: string, confirmWithinMs: number): () => Promise<void> {
  return async () => {
    await bench.host.run(armAction(planId, confirmWithinMs, bench.self));
  };
}

/** A waiting plan is not built upon; one that a reboot has cut off is closed, and its steps are never replayed. */
async function settleFormer(
  bench: Bench,
  { fold, bootId }: Standing,
  host: string,
): Promise<Outcome | undefined> {
  const former = fold.open ?? fold.unconfirmed;
  if (!former) return undefined;
  if (former.bootId !== bootId) {
    await closeAfterReboot(bench, former, bootId);
    return undefined;
  }
  return { kind: 'refused', findings: waiting(host, fold, { bootId }) };
}

async function resume(bench: Bench, standing: Standing): Promise<Outcome> {
  const { bootId, fold } = standing;
  const { open } = fold;
  if (!open) return { kind: 'nothing-to-do' };
  if (open.direction === 'back') return rollback(bench, standing, undefined);
  const walked = await resumePlan({ ...bench, open, bootId });
  const { plan, id, deadline } = open;
  return conclude(bench, walked, { plan, id, isTimed: deadline !== undefined }, bootId);
}

/** A walked plan. Timed: unless it is confirmed, it is taken back. */
interface Walked {
  readonly plan: Plan;
  readonly id: string;
  readonly isTimed: boolean;
}

/** A walk is over when somebody has looked. */
async function conclude(
  bench: Bench,
  walked: WalkOutcome,
  { plan, id: planId, isTimed }: Walked,
  bootId: string,
): Promise<Outcome> {
  if (walked.kind === 'interrupted') return { kind: 'interrupted', planId, stepsDone: walked.stepsDone };
  if (walked.kind === 'rebooted') return afterReboot(bench, planId, bootId);
  if (walked.kind === 'failed') return takeBack(bench, bootId, walked.failure);
  const residue = await residueOf(bench.host, wantsAfter(changesIn(plan.steps), plan.keeps), plan);
  if (residue.length > 0) return takeBack(bench, bootId, notAsAsked(plan, residue));
  await finish({ ...bench, planId, plan }, 'applied');
  const { unconfirmed } = isTimed ? await readFold(bench.store) : {};
  const confirmBefore = unconfirmed?.deadline === undefined ? {} : { confirmBefore: unconfirmed.deadline };
  return { kind: 'applied', planId, stepsDone: walked.stepsDone, ...confirmBefore };
}

function notAsAsked(plan: Plan, residue: readonly Change[]): StepFailure {
  const [first] = residue;
  const n = plan.steps.length - 1;
  return {
    n,
    why: 'Look again: everything has to be as asked.',
    resource: first?.resource ?? '',
    at: first?.at ?? '',
    kind: 'settle',
    message: `every step succeeded, but ${residue.length} of their effects are missing`,
    hint: 'Something else on the host changes the same things: look for NetworkManager, networkd or a script.',
    unmet: residue.map(({ resource, at, from, to }) => {
      const [wanted, saw] = whatDiffers(from, to);
      return { wanted: `${resource} ${at}: ${words(wanted)}`, saw: words(saw) };
    }),
    effect: 'unknown',
  };
}

async function rollback(
  bench: Bench,
  { fold, bootId }: Standing,
  planId: string | undefined,
): Promise<Outcome> {
  const waiting = fold.open ?? fold.unconfirmed;
  if (!waiting || (planId !== undefined && waiting.id !== planId)) return { kind: 'nothing-to-do' };
  if (waiting.bootId !== bootId) return afterReboot(bench, waiting.id, bootId);
  if (planId !== undefined && !expired(fold, bench.clock)) return { kind: 'nothing-to-do' };
  return takeBack(bench, bootId, undefined);
}

/** What was unfinished or unconfirmed before the host's last start is not kept; a plan of this start is left to its operator. */
async function settle(bench: Bench, { fold, bootId }: Standing): Promise<Outcome> {
  const former = fold.open ?? fold.unconfirmed;
  if (!former || former.bootId === bootId) return { kind: 'nothing-to-do' };
  return afterReboot(bench, former.id, bootId);
}

async function confirm(bench: Bench, { fold, bootId }: Standing): Promise<Outcome> {
  const { unconfirmed } = fold;
  if (!unconfirmed) return { kind: 'nothing-to-do' };
  if (unconfirmed.bootId !== bootId) return afterReboot(bench, unconfirmed.id, bootId);
  await confirmPlan({ ...bench, planId: unconfirmed.id });
  await disarm(bench, unconfirmed);
  return { kind: 'applied', planId: unconfirmed.id, stepsDone: unconfirmed.stepsDone };
}

function stale(host: string): Outcome {
  return {
    kind: 'stale',
    message: `${host} has changed since this plan was made`,
    hint: 'Plan again, look at what is different now, and apply that.',
  };
}

function locked(error: StoreLocked): Outcome {
  return { kind: 'locked', message: error.message, hint: 'Wait until the other one is done, and ask again.' };
}
