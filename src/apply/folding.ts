import type { Allocation } from '../model/host-spec.ts';
import { type LedgerEntry, ledgerKey } from '../model/ledger.ts';
import type { Change, Plan } from '../model/plan.ts';
import { claim, reversed } from './claim.ts';
import type { BeginRecord, EndOutcome, EndRecord, JournalRecord, StepRecord } from './journal.ts';
import type { Resolved } from './resolve.ts';

/** `started` covers a failed step too: its effect is unknown. */
export interface StepState {
  readonly state: 'untouched' | 'started' | 'done' | 'undone' | 'undo-failed';
  /** The names it was done with. */
  readonly resolved: Resolved;
}

export interface HistoryEntry {
  readonly id: string;
  readonly verb: string;
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly outcome: EndOutcome | 'open' | 'unconfirmed';
  readonly steps: number;
  readonly summary: string;
  /** The stored plan's name. */
  readonly document: string;
  readonly residue: readonly Change[];
}

/** A plan as far as the records say. */
export interface Run {
  readonly begin: BeginRecord;
  readonly plan: Plan;
  readonly allocationBefore: Allocation;
  readonly entriesBefore: ReadonlyMap<string, LedgerEntry>;
  readonly steps: StepState[];
  /** Steps whose changes are in the ledger. */
  readonly claimed: Set<number>;
  direction: 'forward' | 'back';
  end: EndRecord | undefined;
  armedUntil: number | undefined;
  dueAt: number | undefined;
  confirmed: boolean;
}

/** Where folding stands between two records. */
export interface Folding {
  readonly entries: Map<string, LedgerEntry>;
  readonly past: HistoryEntry[];
  allocation: Allocation;
  /** The plan that began last; only it can still change. */
  run: Run | undefined;
}

export function startFolding(): Folding {
  return { entries: new Map(), past: [], allocation: {}, run: undefined };
}

export function begin(folding: Folding, record: BeginRecord, plan: Plan): void {
  if (folding.run) folding.past.push(historyEntry(folding.run));
  folding.run = {
    begin: record,
    plan,
    allocationBefore: folding.allocation,
    entriesBefore: new Map(folding.entries),
    steps: plan.steps.map(() => ({ state: 'untouched', resolved: {} })),
    claimed: new Set(),
    direction: 'forward',
    end: undefined,
    armedUntil: undefined,
    dueAt: undefined,
    confirmed: false,
  };
  folding.allocation = record.allocation;
}

export function advance(folding: Folding, record: Exclude<JournalRecord, BeginRecord>): void {
  const { run } = folding;
  if (run?.begin.plan !== record.plan) return;
  if (record.record === 'step') step(folding, run, record);
  else if (record.record === 'end') end(folding, run, record);
  else if (record.record === 'armed') {
    run.armedUntil = record.deadline;
    run.dueAt = record.due;
  } else if (record.record === 'confirmed') run.confirmed = true;
  else if (record.record === 'rollback') {
    run.direction = 'back';
    run.end = undefined;
  }
}

function step(folding: Folding, run: Run, record: StepRecord): void {
  const before = run.steps[record.n];
  if (!before) return;
  const resolved = { ...before.resolved, ...record.resolved };
  run.steps[record.n] = { state: stateAfter(record) ?? before.state, resolved };
  // A started step may have had its effect: vflane answers for it until it is known not to have.
  if (record.phase === 'start') claimStep(folding, run, record.n);
  if (record.phase === 'undone' || record.effect === 'none') disclaimStep(folding, run, record.n);
}

function stateAfter(record: StepRecord): StepState['state'] | undefined {
  if (record.phase === 'start') return 'started';
  if (record.phase === 'failed') return record.effect === 'none' ? 'untouched' : 'started';
  return record.phase === 'resolved' ? undefined : record.phase;
}

function claimStep(folding: Folding, run: Run, n: number): void {
  if (run.claimed.has(n)) return;
  run.claimed.add(n);
  for (const change of changesOf(run, n)) claim(folding.entries, change);
}

function disclaimStep(folding: Folding, run: Run, n: number): void {
  if (!run.claimed.delete(n)) return;
  for (const change of changesOf(run, n).toReversed()) claim(folding.entries, reversed(change));
}

function changesOf(run: Run, n: number): readonly Change[] {
  return run.plan.steps[n]?.changes ?? [];
}

function end(folding: Folding, run: Run, record: EndRecord): void {
  run.end = record;
  const back = record.outcome === 'rolled-back' || record.outcome === 'rollback-incomplete';
  if (back) {
    // The look after a rollback knows better than its commands: only the residue remains.
    restoreEntries(folding, run);
    for (const change of record.residue) claim(folding.entries, rooted(run, change));
  }
  if (back || (record.outcome === 'failed' && run.claimed.size === 0)) {
    folding.allocation = run.allocationBefore;
  }
}

function restoreEntries({ entries }: Folding, { claimed, entriesBefore }: Run): void {
  claimed.clear();
  entries.clear();
  for (const [key, entry] of entriesBefore) entries.set(key, entry);
}

/** What remains of a change is as its plan knew it: together with what it stands on, it came from nothing. */
function rooted(run: Run, change: Change): Change {
  const key = ledgerKey(change.resource, change.at);
  const known = run.plan.steps
    .flatMap((step) => step.changes)
    .filter(({ resource, at }) => ledgerKey(resource, at) === key);
  const isRooted = known.some(({ was }) => was === null);
  const isUnheld = known.some(({ unheld }) => unheld === true);
  return { ...change, ...(isRooted ? { was: null } : {}), ...(isUnheld ? { unheld: true } : {}) };
}

export function isUnconfirmed(run: Run): boolean {
  return run.end?.outcome === 'applied' && run.armedUntil !== undefined && !run.confirmed;
}

export function historyEntry(run: Run): HistoryEntry {
  const { plan: id, verb, host, time, steps, summary, document } = run.begin;
  const outcome = isUnconfirmed(run) ? 'unconfirmed' : (run.end?.outcome ?? 'open');
  return { id, verb, host, time, outcome, steps, summary, document, residue: run.end?.residue ?? [] };
}
