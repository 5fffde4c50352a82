import type { Fold } from '../apply/fold.ts';
import { ledgerKey } from '../model/ledger.ts';
import type { Site } from './site.ts';

/**
 * The journal as plans are made from it. If a reboot has cut off a plan, nobody knows how far the things that outlive
 * a reboot, files and Open vSwitch's database, had come: all that the ledger named before is still vflane's, and so is all that
 * the plan had begun.
 */
export async function foldNow(site: Site): Promise<Fold> {
  const fold = await site.fold();
  const former = fold.open ?? fold.unconfirmed;
  if (!former?.before) return fold;
  const bootId = (await site.reader.readFile('/proc/sys/kernel/random/boot_id')).trim();
  if (former.bootId === bootId) return fold;
  const before = former.before.map((entry) => [ledgerKey(entry.resource, entry.at), entry] as const);
  const entries = new Map([...before, ...fold.ledger.entries]);
  return { ...fold, ledger: { ...fold.ledger, entries } };
}
