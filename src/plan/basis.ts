import { createHash } from 'node:crypto';
import { isUnseen } from '../model/host-state.ts';
import { ledgerKey } from '../model/ledger.ts';
import { type Haves, haveAt, type Wants } from './differences.ts';

/**
 * A digest of what a plan touches as it was found, with the boot id. What moves by itself (counters, carrier) is no part
 * of it. `sha256:` and 64 hexadecimal digits.
 */
export function basisOf(bootId: string, wants: Wants, haves: Haves): string {
  const hash = createHash('sha256').update(bootId);
  for (const { resource, at } of wants.values()) {
    const have = haveAt(haves, resource, at);
    hash.update(`\n${ledgerKey(resource, at)} ${isUnseen(have) ? 'unseen' : JSON.stringify(have)}`);
  }
  return `sha256:${hash.digest('hex')}`;
}
