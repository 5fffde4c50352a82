import { StoreFailed } from '../host/store.ts';
import type { StepFailure } from '../model/outcome.ts';
import type { Change, Step } from '../model/plan.ts';
import { during, failureOf, Interrupted, Trouble } from './failure.ts';
import { keepSnapshot, type OpenPlan } from './fold.ts';
import type { StepState } from './folding.ts';
import { documentName, type EndOutcome, summaryOf, write } from './journal.ts';
import { takeStep, type Walk } from './step.ts';

/** How far a walk got. The plan stays open in the journal until `finish`. */
export type WalkOutcome =
  | { readonly kind: 'applied'; readonly stepsDone: number }
  | { readonly kind: 'failed'; readonly stepsDone: number; readonly failure: StepFailure }
  | { readonly kind: 'interrupted'; readonly stepsDone: number }
  /** The host has been restarted since: nothing is replayed; it has to be observed and planned anew. */
  | { readonly kind: 'rebooted' };

export interface ApplyOptions extends Walk {
  /** `apply`, `undo`, `destroy`, … */
  readonly verb: string;
  readonly bootId: string;
  readonly confirmWithinMs?: number;
  /** Arms the way back on the host, outside this process; with `confirmWithinMs`. */
  readonly arm?: (deadline: number) => Promise<void>;
}

/** Walks a plan. The caller holds the store's lock, and calls `finish` after its look. */
export async function applyPlan(options: ApplyOptions): Promise<WalkOutcome> {
  const { plan, planId, host, verb, onEvent } = options;
  onEvent({ kind: 'plan-start', planId, host: host.name, verb, of: plan.steps.length });
  const failure = await prologue(options, async () => {
    await during('journal', begin(options));
    await armFirst(options);
  });
  return failure ? { kind: 'failed', stepsDone: 0, failure } : walkSteps(options, []);
}

async function prologue(walk: Walk, work: () => Promise<void>): Promise<StepFailure | undefined> {
  const [first] = walk.plan.steps;
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof Trouble && first)) throw error;
    return failureOf(0, first, error, 'none');
  }
}

async function begin(options: ApplyOptions): Promise<void> {
  const { store, clock, plan, planId, verb, bootId, confirmWithinMs } = options;
  await store.put(documentName(planId), JSON.stringify(plan));
  await write(store, {
    v: 1,
    record: 'begin',
    plan: planId,
    time: clock.now(),
    verb,
    host: plan.host,
    bootId,
    basis: plan.basis,
    document: documentName(planId),
    steps: plan.steps.length,
    summary: summaryOf(plan),
    allocation: plan.allocation,
    ...(confirmWithinMs === undefined ? {} : { confirmWithinMs }),
  });
}

async function armFirst(options: ApplyOptions): Promise<void> {
  const { arm, confirmWithinMs, clock, store, planId, onEvent } = options;
  if (!arm || confirmWithinMs === undefined) return;
  const deadline = clock.now() + confirmWithinMs;
  const due = clock.steady === undefined ? {} : { due: clock.steady() + confirmWithinMs };
  await during('arm', arm(deadline));
  const record = { v: 1, record: 'armed', plan: planId, time: clock.now(), deadline, ...due } as const;
  await during('journal', write(store, record));
  onEvent({ kind: 'armed', deadline });
}

export type ResumeOptions = Omit<Walk, 'plan' | 'planId'> & {
  /** From the fold, going forward. */
  readonly open: OpenPlan;
  readonly bootId: string;
};

/** Continues where an interrupted walk of the same boot stopped. */
export async function resumePlan(options: ResumeOptions): Promise<WalkOutcome> {
  const { open, bootId, ...rest } = options;
  if (open.bootId !== bootId) return { kind: 'rebooted' };
  if (open.direction === 'back') throw new Error(`plan ${open.id} is on its way back: roll it back`);
  const walk: Walk = { ...rest, plan: open.plan, planId: open.id };
  const record = { v: 1, record: 'resume', plan: open.id, time: walk.clock.now() } as const;
  const failure = await prologue(walk, () => during('journal', write(walk.store, record)));
  return failure ? { kind: 'failed', stepsDone: open.stepsDone, failure } : walkSteps(walk, open.steps);
}

async function walkSteps(walk: Walk, states: readonly StepState[]): Promise<WalkOutcome> {
  let stepsDone = 0;
  try {
    for (const [n, step] of walk.plan.steps.entries()) {
      if (walk.signal?.aborted) throw new Interrupted();
      const failure = await takeUnlessDone(walk, n, step, states[n]);
      if (failure) return { kind: 'failed', stepsDone, failure };
      stepsDone = n + 1;
    }
  } catch (error) {
    if (error instanceof Interrupted) return { kind: 'interrupted', stepsDone };
    throw error;
  }
  return { kind: 'applied', stepsDone };
}

async function takeUnlessDone(
  walk: Walk,
  n: number,
  step: Step,
  before: StepState | undefined,
): Promise<StepFailure | undefined> {
  if (before?.state === 'done') return undefined;
  return takeStep(walk, n, step, before?.state === 'started' ? before.resolved : undefined);
}

/** Closes a plan, after the look. `residue`: what a rollback left behind; `from` was there before, `to` is there now. */
export async function finish(
  walk: Pick<Walk, 'store' | 'clock' | 'planId' | 'plan'>,
  outcome: EndOutcome,
  residue: readonly Change[] = [],
): Promise<void> {
  const { store, clock, planId, plan } = walk;
  const steady = clock.steady === undefined ? {} : { steady: clock.steady() };
  await write(store, { v: 1, record: 'end', plan: planId, time: clock.now(), outcome, residue, ...steady });
  try {
    await keepSnapshot(store, { id: planId, plan });
  } catch (error) {
    if (!(error instanceof StoreFailed)) throw error;
  }
}

/** The operator can still reach the host: the plan stays. The caller disarms the timer. */
export async function confirmPlan(walk: Pick<Walk, 'store' | 'clock' | 'planId'>): Promise<void> {
  const { store, clock, planId } = walk;
  await write(store, { v: 1, record: 'confirmed', plan: planId, time: clock.now() });
}
