import { sameJson } from '../model/json.ts';
import { isAdopted, type Ledger } from '../model/ledger.ts';
import type { Change, Step } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { type Haves, haveAt, type Wants } from './differences.ts';
import { resourceOf } from './order.ts';

/**
 * Strikes from the ledger what is as it was before vflane came, and is wanted so: a reboot has removed it, or somebody
 * else. Nothing is done on the host.
 */
export function forgetStep(
  ledger: Ledger,
  wants: Wants,
  haves: Haves,
  /** A file still wants things here, so what was adopted for it stays. */
  isForward: boolean,
): readonly Step[] {
  const gone: Change[] = [];
  for (const entry of ledger.entries.values()) {
    const { resource, at, was } = entry;
    const adopted = isAdopted(entry);
    if (adopted && (isForward || !wants.get(resource)?.has(at))) continue;
    if (resourceOf(resource).apart && !wants.get(resource)?.has(at)) continue;
    const want = wants.get(resource)?.get(at) ?? null;
    const have = haveAt(haves, resource, at);
    const isFormer =
      adopted || sameJson(want, was) || (want === null && resourceOf(resource).attribute === true);
    if (isFormer && !isUnseen(have) && sameJson(have, want)) gone.push({ resource, at, from: was, to: was });
  }
  if (gone.length === 0) return [];
  const nothing = { for: [], disrupts: [], guard: [], actions: [], undo: [] };
  const settle = { all: [], show: [], timeoutMs: 0 };
  const why = 'Forget what is gone already.';
  return [{ why, resource: 'ledger', at: `${gone.length}`, ...nothing, settle, changes: gone }];
}
