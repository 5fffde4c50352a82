import type { Finding, Where } from '../model/finding.ts';
import type { KeyPath } from './place.ts';
import type { Reading } from './reading.ts';

/** A rule over the whole file. It is silent about what could not be read: that has its finding already. */
export type Rule = (fabric: Reading, where: WhereOf) => readonly Finding[];

/** The place of a value, or of the key itself. */
export type WhereOf = (path: KeyPath, on?: 'key') => Where;

/** What is seen twice is reported where it is seen the second time. */
export function twice<T>(
  items: readonly T[],
  key: (item: T) => string | undefined,
): readonly (readonly [T, T])[] {
  const first = new Map<string, T>();
  return items.flatMap((item) => {
    const value = key(item);
    if (value === undefined) return [];
    const earlier = first.get(value);
    if (earlier === undefined) first.set(value, item);
    return earlier === undefined ? [] : [[earlier, item] as const];
  });
}
