import { createHash } from 'node:crypto';
import type { Change } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { type Haves, haveAt } from './differences.ts';

/**
 * A digest of what a plan touches, as it was found, with the boot id: `sha256:` and 64 hexadecimal digits. What changes by
 * itself (counters, carrier) is not included.
 */
export function basisOf(bootId: string, changes: readonly Change[], haves: Haves): string {
  const lines = [bootId];
  const seen = new Map<string, Set<string>>();
  for (const { resource, at } of changes) {
    const places = seen.get(resource) ?? new Set();
    seen.set(resource, places);
    if (places.has(at)) continue;
    places.add(at);
    const have = haveAt(haves, resource, at);
    lines.push(`${resource} ${at} ${isUnseen(have) ? 'unseen' : JSON.stringify(have)}`);
  }
  return `sha256:${createHash('sha256').update(lines.join('\n')).digest('hex')}`;
}
