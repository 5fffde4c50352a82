import type { Store } from '../host/store.ts';
import type { Ledger, LedgerEntry } from '../model/ledger.ts';
import type { Plan } from '../model/plan.ts';
import type { Clock } from './clock.ts';
import {
  advance,
  begin,
  type Folding,
  type HistoryEntry,
  historyEntry,
  isUnconfirmed,
  type Run,
  type StepState,
  startFolding,
} from './folding.ts';
import { type BeginRecord, JournalUnreadable, parseRecord } from './journal.ts';
import { fromSnapshot, snapshotName, snapshotText } from './snapshot.ts';

/** A plan that can still be continued or taken back. */
export interface OpenPlan {
  readonly id: string;
  readonly verb: string;
  readonly host: string;
  readonly bootId: string;
  /** When it began, in milliseconds since 1970. */
  readonly time: number;
  readonly plan: Plan;
  /** `back` once a rollback began: from there only a rollback goes on. */
  readonly direction: 'forward' | 'back';
  /** One for each step of the plan. */
  readonly steps: readonly StepState[];
  readonly stepsDone: number;
  /** What the ledger named before it began. */
  readonly before?: readonly LedgerEntry[];
  /** When it is taken back unless confirmed, in milliseconds since 1970. */
  readonly deadline?: number;
  /** The same by the steady clock of the host's start, which nobody sets. Absent in records of earlier versions. */
  readonly dueAt?: number;
}

/** All that the journal says. */
export interface Fold {
  readonly ledger: Ledger;
  /** Interrupted: to be resumed or rolled back before anything else. */
  readonly open?: OpenPlan;
  /** Applied, and waiting for `confirm`; its deadline is never before the apply's end plus the time asked for. */
  readonly unconfirmed?: OpenPlan;
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
}

type GetDocument = (name: string) => Promise<string | undefined>;

/** @throws JournalUnreadable */
export async function foldJournal(lines: readonly string[], getDocument: GetDocument): Promise<Fold> {
  return readOff(await foldOn(startFolding(), lines, getDocument));
}

/** The same, from the last snapshot on: the cost of a look does not grow with the history. @throws JournalUnreadable */
export async function readFold(store: Store): Promise<Fold> {
  return readOff(await foldLines(store, await store.records()));
}

/** A plan that this process has just walked: it need not be read again. */
export interface WalkedPlan {
  readonly id: string;
  readonly plan: Plan;
}

/** Stores the fold of a journal whose last plan is over. It only saves time: if it cannot be stored, nothing is lost. */
export async function keepSnapshot(store: Store, walked: WalkedPlan): Promise<void> {
  const lines = await store.records();
  const folding = await foldLines(store, lines, walked);
  if (!folding.run?.end || isUnconfirmed(folding.run)) return;
  const past = [...folding.past, historyEntry(folding.run)];
  await store.put(snapshotName, snapshotText({ ...folding, past, run: undefined }, lines), 'cache');
}

async function foldLines(
  store: Pick<Store, 'get'>,
  lines: readonly string[],
  walked?: WalkedPlan,
): Promise<Folding> {
  // A host that was never touched: with a thousand of them, every file that need not be read matters.
  if (lines.length === 0) return startFolding();
  const { folding, upTo } = fromSnapshot(await store.get(snapshotName), lines);
  return foldOn(folding, lines.slice(upTo), (name) => store.get(name), walked);
}

async function foldOn(
  folding: Folding,
  lines: readonly string[],
  getDocument: GetDocument,
  walked?: WalkedPlan,
): Promise<Folding> {
  for (const line of lines) {
    const record = parseRecord(line);
    if (record.record !== 'begin') advance(folding, record);
    else if (record.plan === walked?.id) begin(folding, record, walked.plan);
    else begin(folding, record, await planOf(record, getDocument));
  }
  return folding;
}

/** The way back is due: nobody confirmed, or whoever applied died. To be called under the lock, in the same start of the host. */
export function expired(fold: Fold, clock: Pick<Clock, 'now' | 'steady'>): OpenPlan | undefined {
  const waiting = fold.open ?? fold.unconfirmed;
  if (waiting?.deadline === undefined) return undefined;
  const steady = clock.steady?.();
  // A clock that is set back would put the way back off for as long.
  const isDue =
    waiting.dueAt === undefined || steady === undefined
      ? waiting.deadline <= clock.now()
      : waiting.dueAt <= steady;
  return isDue ? waiting : undefined;
}

async function planOf(record: BeginRecord, getDocument: GetDocument): Promise<Plan> {
  const text = await getDocument(record.document);
  if (text !== undefined) return JSON.parse(text) as Plan;
  throw new JournalUnreadable(`the journal names the plan ${record.document}, which is not in the store`);
}

function readOff({ entries, past, allocation, run }: Folding): Fold {
  const told = { ledger: { entries, allocation }, history: run ? [...past, historyEntry(run)] : past };
  if (run && !run.end) return { ...told, open: openPlan(run) };
  return run && isUnconfirmed(run) ? { ...told, unconfirmed: openPlan(run) } : told;
}

function openPlan(run: Run): OpenPlan {
  const { plan: id, verb, host, bootId, time } = run.begin;
  const { plan, direction, steps } = run;
  const stepsDone = steps.filter(({ state }) => state === 'done').length;
  const before = [...run.entriesBefore.values()];
  const open = { id, verb, host, bootId, time, plan, direction, steps, stepsDone, before };
  return { ...open, ...dueOf(run) };
}

// Counted anew from the end of a long apply, which would otherwise be taken back before anybody could look at it.
function dueOf({ armedUntil, dueAt, confirmed, begin, end }: Run): Pick<OpenPlan, 'deadline' | 'dueAt'> {
  if (armedUntil === undefined || confirmed) return {};
  const after = (time: number | undefined) => (time === undefined ? 0 : time + (begin.confirmWithinMs ?? 0));
  const deadline = Math.max(armedUntil, after(end?.time));
  const isSteady = dueAt !== undefined && (end === undefined || end.steady !== undefined);
  return isSteady ? { deadline, dueAt: Math.max(dueAt, after(end?.steady)) } : { deadline };
}
