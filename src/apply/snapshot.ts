import { createHash } from 'node:crypto';
import type { LedgerEntry } from '../model/ledger.ts';
import { ledgerKey } from '../model/ledger.ts';
import { type Folding, startFolding } from './folding.ts';

/** The stored fold of a journal's first records. */
export const snapshotName = 'journal-fold.json';

interface Snapshot {
  /** Raised whenever the same records would fold to something else. */
  readonly v: 1;
  readonly upTo: number;
  /** Of the last folded record, so that another journal does not get this one's fold. */
  readonly digest: string;
  readonly entries: readonly LedgerEntry[];
  readonly allocation: Folding['allocation'];
  readonly past: Folding['past'];
}

export function snapshotText(folding: Folding, lines: readonly string[]): string {
  const { allocation, past } = folding;
  const entries = [...folding.entries.values()];
  const snapshot: Snapshot = {
    v: 1,
    upTo: lines.length,
    digest: digestOf(lines.at(-1) ?? ''),
    entries,
    allocation,
    past,
  };
  return JSON.stringify(snapshot);
}

/** Where to go on folding: at the start, if there is no snapshot, or it is not of this journal. */
export function fromSnapshot(text: string | undefined, lines: readonly string[]) {
  const snapshot = text === undefined ? undefined : parse(text);
  const last = snapshot ? lines[snapshot.upTo - 1] : undefined;
  if (!snapshot || last === undefined || snapshot.digest !== digestOf(last)) {
    return { folding: startFolding(), upTo: 0 };
  }
  const { entries, allocation, past, upTo } = snapshot;
  const keyed = entries.map((entry) => [ledgerKey(entry.resource, entry.at), entry] as const);
  const folding: Folding = { entries: new Map(keyed), allocation, past: [...past], run: undefined };
  return { folding, upTo };
}

function parse(text: string): Snapshot | undefined {
  try {
    const value = JSON.parse(text) as Snapshot;
    return value.v === 1 ? value : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}
