import type { UndoFailure } from '../model/outcome.ts';
import type { Step } from '../model/plan.ts';
import { during, Trouble } from './failure.ts';
import type { OpenPlan } from './fold.ts';
import type { StepState } from './folding.ts';
import { write } from './journal.ts';
import { aboutStep, guard, noteStep, undoActions, type Walk } from './step.ts';

export type RollbackOptions = Omit<Walk, 'plan' | 'planId' | 'signal'> & {
  /** From the fold, open or unconfirmed: the journal says what was begun, nobody's memory. */
  readonly open: OpenPlan;
  readonly bootId: string;
};

export type RollbackResult =
  /** The look that follows says whether all is as before; `failures` explain what it finds. */
  | { readonly kind: 'undone'; readonly stepsUndone: number; readonly failures: readonly UndoFailure[] }
  /** The host was restarted since: no undo is replayed. */
  | { readonly kind: 'rebooted' };

/** Undoes every step that was begun, last first; a failure is recorded and the rest goes on. `finish` comes after the look. */
export async function rollbackPlan(options: RollbackOptions): Promise<RollbackResult> {
  const { open, bootId, ...rest } = options;
  if (open.bootId !== bootId) return { kind: 'rebooted' };
  const walk: Walk = { ...rest, plan: open.plan, planId: open.id };
  await noteOrWarn(walk, 0, () => mark(walk));
  const failures: UndoFailure[] = [];
  const inUse = new Set<string>();
  let stepsUndone = 0;
  for (const { n, step, state } of toUndo(open)) {
    const failure = await undoStep(walk, n, step, state, inUse);
    if (failure) failures.push(failure);
    else stepsUndone++;
  }
  return { kind: 'undone', stepsUndone, failures };
}

function mark(walk: Walk): Promise<void> {
  const record = { v: 1, record: 'rollback', plan: walk.planId, time: walk.clock.now() } as const;
  return during('journal', write(walk.store, record));
}

function toUndo(open: OpenPlan) {
  return open.plan.steps
    .map((step, n) => ({ n, step, state: open.steps[n] }))
    .filter((one) => !['untouched', 'undone', undefined].includes(one.state?.state))
    .toReversed();
}

async function undoStep(
  walk: Walk,
  n: number,
  step: Step,
  state: StepState | undefined,
  inUse: Set<string>,
): Promise<UndoFailure | undefined> {
  const startedAt = walk.clock.now();
  walk.onEvent({ kind: 'undo-start', ...aboutStep(walk, n, step) });
  const messages = await undoUnlessInUse(walk, n, step, state?.resolved ?? {}, inUse);
  await noteOrWarn(walk, n, () =>
    noteStep(walk, n, messages.length ? 'undo-failed' : 'undone', { messages }),
  );
  if (!messages.length) {
    walk.onEvent({ kind: 'undo-done', n, ms: walk.clock.now() - startedAt });
    return undefined;
  }
  const failure = { n, resource: step.resource, at: step.at, messages };
  walk.onEvent({ kind: 'undo-failed', failure });
  return failure;
}

/**
 * A rollback does not take a VF from a guest that has come to use it since. All that the guest relies on stays
 * with it, the VF's settings and its PF: without its VLAN it would be on the untagged wire.
 */
async function undoUnlessInUse(
  walk: Walk,
  n: number,
  step: Step,
  known: StepState['resolved'],
  inUse: Set<string>,
): Promise<readonly string[]> {
  const used = step.changes.find(({ at }) => inUse.has(at));
  if (used) return [`left as it is: ${used.resource} ${used.at} is relied on by what is in use`];
  try {
    await guard(walk, step.undoGuard ?? []);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    for (const { at } of step.changes) inUse.add(at).add(at.split('/')[0] ?? at);
    return [error.message];
  }
  return undoActions(walk, n, step.undo, known);
}

// A full disk must not keep a host from being restored: the undo goes on, and may be repeated later.
async function noteOrWarn(walk: Walk, n: number, note: () => Promise<void>): Promise<void> {
  try {
    await note();
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    walk.onEvent({ kind: 'warning', n, message: error.message });
  }
}
