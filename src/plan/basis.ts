import { createHash } from 'node:crypto';
import { isUnseen } from '../model/host-state.ts';
import { ledgerKey } from '../model/ledger.ts';
import type { Change } from '../model/plan.ts';
import { type Haves, haveAt } from './differences.ts';

/**
 * A digest of what a plan touches, as it was found, with the boot id: `sha256:` and 64 hexadecimal digits. What moves by
 * itself (counters, carrier) is no part of it.
 */
export function basisOf(bootId: string, changes: readonly Change[], haves: Haves): string {
  const hash = createHash('sha256').update(bootId);
  const seen = new Set<string>();
  for (const { resource, at } of changes) {
    const key = ledgerKey(resource, at);
    if (seen.has(key)) continue;
    seen.add(key);
    const have = haveAt(haves, resource, at);
    hash.update(`\n${key} ${isUnseen(have) ? 'unseen' : JSON.stringify(have)}`);
  }
  return `sha256:${hash.digest('hex')}`;
}
