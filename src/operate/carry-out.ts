import { type Clock, systemClock } from '../apply/clock.ts';
import type { OnEvent } from '../apply/event.ts';
import { expired, type Fold, type OpenPlan, readFold } from '../apply/fold.ts';
import { rollbackPlan } from '../apply/rollback.ts';
import { applyPlan, confirmPlan, finish, resumePlan, type WalkOutcome } from '../apply/walk.ts';
import type { Host } from '../host/host.ts';
import { type Store, StoreFailed, StoreLocked } from '../host/store.ts';
import { finding } from '../model/catalogue.ts';
import type { Outcome, StepFailure } from '../model/outcome.ts';
import type { Change, Plan } from '../model/plan.ts';
import { changesIn } from '../plan/plan.ts';
import { armAction, disarmAction } from './dead-man.ts';
import { basisNow, goneOf, residueOf, wantsAfter, wantsBefore } from './look.ts';
import type { Request } from './site.ts';

/** What a host carries requests out with. */
export interface Workshop {
  readonly host: Host;
  readonly store: Store;
  readonly clock?: Clock;
  /** How vflane is started on that host, for the timer that takes an unconfirmed plan back. */
  readonly self: readonly string[];
  readonly signal?: AbortSignal;
}

/** Carries a request out on the host it is for: under the lock, journalled, and ending with a look. */
export async function carryOut(workshop: Workshop, request: Request, onEvent: OnEvent): Promise<Outcome> {
  const bench: Bench = { ...workshop, clock: workshop.clock ?? systemClock, onEvent };
  let release: () => Promise<void>;
  try {
    release = await bench.store.lock();
  } catch (error) {
    if (error instanceof StoreLocked) return locked(error);
    throw error;
  }
  try {
    return await carryOutLocked(bench, request);
  } finally {
    await release();
  }
}

interface Bench extends Workshop {
  readonly clock: Clock;
  readonly onEvent: OnEvent;
}

async function carryOutLocked(bench: Bench, request: Request): Promise<Outcome> {
  const fold = await readFold(bench.store);
  const bootId = (await bench.host.readFile('/proc/sys/kernel/random/boot_id')).trim();
  if (request.do === 'apply') return apply(bench, request, fold, bootId);
  if (request.do === 'resume') return resume(bench, fold, bootId);
  if (request.do === 'confirm') return confirm(bench, fold);
  return rollback(bench, fold, bootId, request.planId);
}

async function apply(
  bench: Bench,
  request: Request & { do: 'apply' },
  fold: Fold,
  bootId: string,
): Promise<Outcome> {
  const { plan, planId, verb, confirmWithinMs } = request;
  const waiting = await settleFormer(bench, fold, bootId, plan.host);
  if (waiting) return waiting;
  if ((await basisNow(bench.host, changesIn(plan.steps))) !== plan.basis) return stale(plan.host);
  const timed =
    confirmWithinMs === undefined ? {} : { confirmWithinMs, arm: armWith(bench, planId, confirmWithinMs) };
  const walked = await applyPlan({ ...bench, plan, planId, verb, bootId, ...timed });
  return conclude(bench, walked, plan, planId, bootId);
}

function armWith(bench: Bench, planId: string, confirmWithinMs: number): () => Promise<void> {
  return async () => {
    await bench.host.run(armAction(planId, confirmWithinMs, bench.self));
  };
}

/** A plan that waits for something is not built upon; one that a reboot has cut off is closed, its steps never replayed. */
async function settleFormer(
  bench: Bench,
  fold: Fold,
  bootId: string,
  host: string,
): Promise<Outcome | undefined> {
  const former = fold.open ?? fold.unconfirmed;
  if (!former) return undefined;
  if (former.bootId !== bootId) {
    await closeAfterReboot(bench, former);
    return undefined;
  }
  const [code, what, hint] = fold.open
    ? ['VF3010', 'was interrupted', 'Go on with `vflane resume`, or back with `vflane rollback`.']
    : [
        'VF3011',
        'waits to be confirmed',
        'Keep it with `vflane confirm`, or take it back with `vflane rollback`.',
      ];
  const message = `${host}: the plan ${former.id} (${former.verb}) ${what}`;
  return { kind: 'refused', findings: [finding(code, { host, at: former.id }, message, hint)] };
}

/** Nothing of a boot outlives it by itself; what the look still finds of the plan stays in the ledger. */
async function closeAfterReboot(bench: Bench, former: OpenPlan): Promise<readonly Change[]> {
  const changes = changesIn(former.plan.steps);
  const residue = await residueOf(bench.host, wantsBefore(changes));
  const outcome = residue.length === 0 ? 'rolled-back' : 'rollback-incomplete';
  // Settings went with their VFs: the ledger has to hear of those, too, that nobody would miss.
  const gone = residue.length === 0 ? [] : await goneOf(bench.host, wantsBefore(changes));
  await finish({ ...bench, planId: former.id }, outcome, [...residue, ...gone]);
  return residue;
}

async function resume(bench: Bench, fold: Fold, bootId: string): Promise<Outcome> {
  const { open } = fold;
  if (!open) return { kind: 'nothing-to-do' };
  if (open.direction === 'back') return rollback(bench, fold, bootId, undefined);
  const walked = await resumePlan({ ...bench, open, bootId });
  return conclude(bench, walked, open.plan, open.id, bootId);
}

/** A walk is over when somebody has looked. */
async function conclude(
  bench: Bench,
  walked: WalkOutcome,
  plan: Plan,
  planId: string,
  bootId: string,
): Promise<Outcome> {
  if (walked.kind === 'interrupted') return { kind: 'interrupted', planId, stepsDone: walked.stepsDone };
  if (walked.kind === 'rebooted') return afterReboot(bench, planId);
  if (walked.kind === 'failed') return takeBack(bench, bootId, walked.failure);
  const residue = await residueOf(bench.host, wantsAfter(changesIn(plan.steps)));
  if (residue.length > 0) return takeBack(bench, bootId, notAsAsked(plan, residue));
  await finish({ ...bench, planId }, 'applied');
  const { unconfirmed } = await readFold(bench.store);
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
    message: `every step went well, and ${residue.length} of its effects are not there`,
    hint: 'Something else on the host changes the same things: look for NetworkManager, networkd or a script.',
    unmet: residue.map(({ resource, at, from, to }) => ({
      wanted: `${resource} ${at} is ${JSON.stringify(from)}`,
      saw: JSON.stringify(to),
    })),
    effect: 'unknown',
  };
}

async function rollback(
  bench: Bench,
  fold: Fold,
  bootId: string,
  planId: string | undefined,
): Promise<Outcome> {
  const waiting = fold.open ?? fold.unconfirmed;
  if (!waiting || (planId !== undefined && waiting.id !== planId)) return { kind: 'nothing-to-do' };
  if (planId !== undefined && !expired(fold, bench.clock.now())) return { kind: 'nothing-to-do' };
  if (waiting.bootId !== bootId) return afterReboot(bench, waiting.id);
  return takeBack(bench, bootId, undefined);
}

/** Undoes what the journal says was begun, and then looks. */
async function takeBack(bench: Bench, bootId: string, failure: StepFailure | undefined): Promise<Outcome> {
  const fold = await readFold(bench.store);
  const open = fold.open ?? fold.unconfirmed;
  if (!open) return failure ? neverBegan(failure) : { kind: 'nothing-to-do' };
  const result = await rollbackPlan({ ...bench, open, bootId });
  if (result.kind === 'rebooted') return afterReboot(bench, open.id);
  const residue = await residueOf(bench.host, wantsBefore(changesIn(open.plan.steps)));
  await closeRolledBack(bench, open.id, residue);
  await disarm(bench, open);
  return rolledBack(open.id, residue, result.failures, failure);
}

/** The plan could not even be written down: nothing was done. */
function neverBegan(failure: StepFailure): Outcome {
  return { kind: 'failed', planId: '', stepsDone: 0, failure };
}

/** What was undone stays undone though the journal is full: the plan stays open there, and a later rollback closes it. */
async function closeRolledBack(bench: Bench, planId: string, residue: readonly Change[]): Promise<void> {
  try {
    await finish({ ...bench, planId }, residue.length === 0 ? 'rolled-back' : 'rollback-incomplete', residue);
  } catch (error) {
    if (!(error instanceof StoreFailed)) throw error;
    bench.onEvent({
      kind: 'warning',
      n: 0,
      message: `the rollback could not be written down: ${error.message}`,
    });
  }
}

function rolledBack(
  planId: string,
  residue: readonly Change[],
  undoFailures: (Outcome & { kind: 'rolled-back' })['undoFailures'],
  failure: StepFailure | undefined,
): Outcome {
  const told = { planId, undoFailures, ...(failure ? { failure } : {}) };
  return residue.length === 0
    ? { kind: 'rolled-back', ...told }
    : { kind: 'rollback-incomplete', ...told, residue };
}

async function afterReboot(bench: Bench, planId: string): Promise<Outcome> {
  const fold = await readFold(bench.store);
  const former = fold.open ?? fold.unconfirmed;
  const residue = former?.id === planId ? await closeAfterReboot(bench, former) : [];
  return rolledBack(planId, residue, [], undefined);
}

async function confirm(bench: Bench, fold: Fold): Promise<Outcome> {
  const { unconfirmed } = fold;
  if (!unconfirmed) return { kind: 'nothing-to-do' };
  await confirmPlan({ ...bench, planId: unconfirmed.id });
  await disarm(bench, unconfirmed);
  return { kind: 'applied', planId: unconfirmed.id, stepsDone: unconfirmed.stepsDone };
}

/** A timer that is not stopped finds nothing to take back, so that its stopping may fail. */
async function disarm(bench: Bench, open: OpenPlan): Promise<void> {
  if (open.deadline === undefined) return;
  await bench.host.run(disarmAction(open.id)).catch((error: unknown) => {
    bench.onEvent({ kind: 'warning', n: 0, message: `the timer could not be stopped: ${String(error)}` });
  });
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
