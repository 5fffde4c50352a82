import type { FabricHost } from '../model/fabric.ts';
import type { Allocation } from '../model/host-spec.ts';

/**
 * Gives each attachment (`guest/network`) a VF index below `pool`: the one that the file names (`given`), else the one it
 * had before, else the lowest free one. An attachment never moves, whatever is added or removed beside it, unless the file
 * gives its VF to another.
 */
export function allocate(
  attachments: readonly string[],
  before: Allocation,
  pool: number,
  given: Allocation,
): Allocation {
  const claimed = new Set(Object.values(given));
  const had = (name: string) => given[name] ?? (claimed.has(before[name] ?? -1) ? undefined : before[name]);
  const kept = attachments.filter((name) => isWithin(had(name), pool));
  const taken = new Set(kept.map(had));
  const free = freeIndices(taken, pool);
  const indexOf = (name: string) => (isWithin(had(name), pool) ? had(name) : free.next().value);
  const entries = attachments.map((name) => [name, indexOf(name)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** Which VFs the file itself names. */
export function givenVfs({ guests }: FabricHost): Allocation {
  const given = guests.flatMap(({ name, attachments }) =>
    attachments.flatMap(({ network, vf }) => (vf === undefined ? [] : [[`${name}/${network}`, vf] as const])),
  );
  return Object.fromEntries(given);
}

function isWithin(index: number | undefined, pool: number): boolean {
  return index !== undefined && index < pool;
}

function* freeIndices(taken: ReadonlySet<number | undefined>, pool: number): Generator<number, undefined> {
  for (let index = 0; index < pool; index++) if (!taken.has(index)) yield index;
  return undefined;
}
