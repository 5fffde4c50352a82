import type { Fold } from '../apply/fold.ts';
import { ledgerKey } from '../model/ledger.ts';
import type { Site } from './site.ts';

/**
 * The journal as a plan is made from it. Where a start of the host has cut a plan off, nobody knows how far what outlives
 * a start has come, files and Open vSwitch's database: all that the ledger named before is vflane's still, and all that
 * the plan had begun is, too.
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
