import { type OpenPlan, readFold } from '../apply/fold.ts';
import { rollbackPlan } from '../apply/rollback.ts';
import { finish } from '../apply/walk.ts';
import { StoreFailed } from '../host/store.ts';
import type { Outcome, StepFailure } from '../model/outcome.ts';
import type { Change } from '../model/plan.ts';
import { disarmAction } from './dead-man.ts';
import { doneIn, goneOf, residueOf, wantsBefore } from './look.ts';
import { bootKinds } from './sections.ts';
import type { Bench } from './workshop.ts';

/** Undoes what the journal says was begun, and then looks. */
export async function takeBack(
  bench: Bench,
  bootId: string,
  failure: StepFailure | undefined,
): Promise<Outcome> {
  const fold = await readFold(bench.store);
  const open = fold.open ?? fold.unconfirmed;
  if (!open) return failure ? neverBegan(failure) : { kind: 'nothing-to-do' };
  const result = await rollbackPlan({ ...bench, open, bootId });
  if (result.kind === 'rebooted') return afterReboot(bench, open.id, bootId);
  const residue = await residueOf(bench.host, wantsBefore(doneIn(open.plan)), open.plan);
  await closeRolledBack(bench, open, residue);
  await disarm(bench, open);
  return rolledBack(open.id, residue, result.failures, failure);
}

/** The plan could not even be written down: nothing was done. */
function neverBegan(failure: StepFailure): Outcome {
  return { kind: 'failed', planId: '', stepsDone: 0, failure };
}

/** What was undone stays undone though the journal is full: the plan stays open there, and a later rollback closes it. */
async function closeRolledBack(
  bench: Bench,
  { id: planId, plan }: OpenPlan,
  residue: readonly Change[],
): Promise<void> {
  try {
    await finish(
      { ...bench, planId, plan },
      residue.length === 0 ? 'rolled-back' : 'rollback-incomplete',
      residue,
    );
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

export async function afterReboot(bench: Bench, planId: string, bootId: string): Promise<Outcome> {
  const fold = await readFold(bench.store);
  const former = fold.open ?? fold.unconfirmed;
  const residue = former?.id === planId ? await closeAfterReboot(bench, former, bootId) : [];
  const outcome = rolledBack(planId, residue, [], undefined);
  return outcome.kind === 'rollback-incomplete' ? { ...outcome, rebooted: true } : outcome;
}

/**
 * Nothing of a boot outlives it by itself but files, and only those go back that the next start would act upon; what the
 * look still finds of the plan stays in the ledger.
 */
export async function closeAfterReboot(
  bench: Bench,
  former: OpenPlan,
  bootId: string,
): Promise<readonly Change[]> {
  const open = { ...onlyOnDisk(former), bootId };
  if (open.steps.some(({ state }) => state !== 'untouched')) await rollbackPlan({ ...bench, open, bootId });
  const changes = doneIn(former.plan);
  const residue = await residueOf(bench.host, wantsBefore(changes), former.plan);
  const outcome = residue.length === 0 ? 'rolled-back' : 'rollback-incomplete';
  // Settings went with their VFs: the ledger has to hear of those, too, that nobody would miss.
  const gone = residue.length === 0 ? [] : await goneOf(bench.host, wantsBefore(changes));
  await finish({ ...bench, planId: former.id, plan: former.plan }, outcome, [...residue, ...gone]);
  return residue;
}

/** The plan as if nothing else of it had been begun: no undo of that is replayed. */
function onlyOnDisk(former: OpenPlan): OpenPlan {
  const steps = former.steps.map((state, n): OpenPlan['steps'][number] => {
    const kind = former.plan.steps[n]?.resource ?? '';
    return bootKinds.has(kind) ? state : { state: 'untouched', resolved: {} };
  });
  return { ...former, steps };
}

/** A timer that is not stopped finds nothing to take back, so that its stopping may fail. */
export async function disarm(bench: Bench, open: OpenPlan): Promise<void> {
  if (open.deadline === undefined) return;
  await bench.host.run(disarmAction(open.id)).catch((error: unknown) => {
    bench.onEvent({ kind: 'warning', n: 0, message: `the timer could not be stopped: ${String(error)}` });
  });
}
