import { sameJson } from '../model/json.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import { ledgerKey } from '../model/ledger.ts';
import type { Change } from '../model/plan.ts';

/** vflane took a thing from one value to another: from now on it answers for it, until it is what it was at first. */
export function claim(entries: Map<string, LedgerEntry>, change: Change): void {
  const { resource, at, from, to } = change;
  if (change.unheld) return;
  const key = ledgerKey(resource, at);
  const held = entries.get(key);
  const was = change.was === null ? null : held ? held.was : from;
  if (sameJson(to, was)) entries.delete(key);
  else entries.set(key, { resource, at, value: to, was });
}

/** The way back is the same change with its ends exchanged. */
export function reversed(change: Change): Change {
  return { ...change, from: change.to, to: change.from };
}
