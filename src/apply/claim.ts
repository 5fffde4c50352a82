import { sameJson } from '../model/json.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import { isAdopted, ledgerKey } from '../model/ledger.ts';
import type { Change } from '../model/plan.ts';

/** vflane took a thing from one value to another: it answers for it from now on, until the thing is back at its first value. */
export function claim(entries: Map<string, LedgerEntry>, change: Change): void {
  const { resource, at, from, to } = change;
  if (change.unheld) return;
  const key = ledgerKey(resource, at);
  const held = entries.get(key);
  if (change.adopts && !held) {
    entries.set(key, { resource, at, value: to, was: from });
    return;
  }
  // What was adopted counts as it was right before vflane first changed it: a reboot may have taken it.
  const was = change.was === null ? null : held && !isAdopted(held) ? held.was : from;
  if (sameJson(to, was)) entries.delete(key);
  else entries.set(key, { resource, at, value: to, was });
}

/** The way back is the same change with its ends swapped. */
export function reversed(change: Change): Change {
  const { adopts: _, ...plain } = change;
  return { ...plain, from: change.to, to: change.from };
}
