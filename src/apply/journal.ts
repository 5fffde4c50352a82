import type { Store } from '../host/store.ts';
import type { Allocation } from '../model/host-spec.ts';
import type { Change, Plan } from '../model/plan.ts';
import type { Resolved } from './resolve.ts';

interface Common {
  readonly v: 1;
  /** The plan's id. */
  readonly plan: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export interface BeginRecord extends Common {
  readonly record: 'begin';
  readonly verb: string;
  readonly host: string;
  readonly bootId: string;
  readonly basis: string;
  /** The stored plan's name; it is put before this record is written. */
  readonly document: string;
  readonly steps: number;
  /** A summary, such as `num-vfs 2, vf-vlan 4`. */
  readonly summary: string;
  readonly allocation: Allocation;
  readonly confirmWithinMs?: number;
}

/**
 * - `start`: written before the first effect; `resolved`: names found for a later action of the step;
 * - `done`: settled; `failed`: if `effect` is `none`, nothing of it was tried;
 * - `undone`, `undo-failed`: the way back.
 */
export interface StepRecord extends Common {
  readonly record: 'step';
  readonly n: number;
  readonly phase: 'start' | 'resolved' | 'done' | 'failed' | 'undone' | 'undo-failed';
  readonly resolved?: Resolved;
  readonly effect?: 'none' | 'unknown';
  readonly messages?: readonly string[];
}

/** `abandoned`: the host was restarted in the middle; nothing is replayed, it is observed and planned anew. */
export type EndOutcome = 'applied' | 'failed' | 'rolled-back' | 'rollback-incomplete' | 'abandoned';

export interface EndRecord extends Common {
  readonly record: 'end';
  readonly outcome: EndOutcome;
  /** What a rollback left behind: `from` was there before, `to` is there now. */
  readonly residue: readonly Change[];
  /** When that was, by the host's steady clock. */
  readonly steady?: number;
}

interface ArmedRecord extends Common {
  readonly record: 'armed';
  readonly deadline: number;
  /** The same by the host's steady clock, because the time of day may be set meanwhile. */
  readonly due?: number;
}

/** `resume` and `rollback` open the plan (again). */
interface MarkRecord extends Common {
  readonly record: 'resume' | 'rollback' | 'confirmed';
}

export type JournalRecord = BeginRecord | StepRecord | EndRecord | ArmedRecord | MarkRecord;

/** One line of the journal, durable when it resolves. */
export async function write(store: Store, record: JournalRecord): Promise<void> {
  await store.append(JSON.stringify(record));
}

export function documentName(planId: string): string {
  return `plan-${planId}.json`;
}

export function summaryOf(plan: Plan): string {
  const counts = new Map<string, number>();
  for (const change of plan.steps.flatMap((step) => step.changes)) {
    counts.set(change.resource, (counts.get(change.resource) ?? 0) + 1);
  }
  return [...counts].map(([resource, count]) => `${resource} ${count}`).join(', ');
}

/** The journal cannot be understood: written by a newer vflane, or a plan it names is gone. */
export class JournalUnreadable extends Error {
  override readonly name = 'JournalUnreadable';
}

const kinds: readonly string[] = ['begin', 'step', 'end', 'armed', 'resume', 'rollback', 'confirmed'];

/** @throws JournalUnreadable */
export function parseRecord(line: string): JournalRecord {
  const value = parsed(line);
  const { v, record, plan } = (value ?? {}) as { v?: unknown; record?: unknown; plan?: unknown };
  if (v === 1 && typeof record === 'string' && kinds.includes(record) && typeof plan === 'string') {
    return value as JournalRecord;
  }
  throw new JournalUnreadable(
    `a journal record is not one that this version of vflane writes: ${line.slice(0, 80)}`,
  );
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
