import type { Allocation } from '../model/host-spec.ts';

/**
 * Gives each attachment (`guest/network`) a VF index below `pool`: the one it has had, else the lowest that is free.
 * An attachment that stays never moves, whatever comes and goes beside it.
 */
export function allocate(attachments: readonly string[], before: Allocation, pool: number): Allocation {
  const kept = attachments.filter((name) => isWithin(before[name], pool));
  const taken = new Set(kept.map((name) => before[name]));
  const free = freeIndices(taken, pool);
  const indexOf = (name: string) => (isWithin(before[name], pool) ? before[name] : free.next().value);
  const entries = attachments.map((name) => [name, indexOf(name)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

function isWithin(index: number | undefined, pool: number): boolean {
  return index !== undefined && index < pool;
}

function* freeIndices(taken: ReadonlySet<number | undefined>, pool: number): Generator<number, undefined> {
  for (let index = 0; index < pool; index++) if (!taken.has(index)) yield index;
  return undefined;
}
