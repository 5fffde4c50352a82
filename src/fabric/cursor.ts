import { isWrong, type Read } from './grammar.ts';
import type { KeyPath, Spot } from './place.ts';
import type { Plain, PlainMap } from './yaml-tree.ts';

/** A place in the file, and what is left there once everything wrong has been removed. */
export interface Cursor {
  readonly path: KeyPath;
  /** Undefined where nothing stands in the file; a spot without a value was wrong. */
  readonly spot: Spot | undefined;
  readonly value: Plain | undefined;
}

/** A value of the file, with the path to it. */
export interface At<T> {
  readonly value: T;
  readonly path: KeyPath;
}

export function child(cursor: Cursor, key: string | number): Cursor {
  const value = isCollection(cursor.value) ? (cursor.value as PlainMap)[key] : undefined;
  return { path: [...cursor.path, key], spot: cursor.spot?.inner?.get(key), value };
}

/** The entries of a mapping; none if it is not a mapping, which has its finding already. */
export function entries(cursor: Cursor): readonly Cursor[] {
  return isBroken(cursor) ? [] : children(cursor);
}

/** In the order of the file; JavaScript would put keys that look like numbers first. */
export function children(cursor: Cursor): readonly Cursor[] {
  return [...(cursor.spot?.inner?.keys() ?? [])].map((key) => child(cursor, key));
}

export function isGiven(cursor: Cursor): boolean {
  return cursor.spot !== undefined;
}

/** Written, and then removed as wrong: no rule may guess what it was. */
export function isBroken(cursor: Cursor): boolean {
  return cursor.spot !== undefined && cursor.value === undefined;
}

function isCollection(value: Plain | undefined): value is Plain[] | PlainMap {
  return typeof value === 'object' && value !== null;
}

export function isList(cursor: Cursor): boolean {
  return Array.isArray(cursor.value);
}

export function textOf(cursor: Cursor): string | undefined {
  return typeof cursor.value === 'string' ? cursor.value : undefined;
}

export function numberOf(cursor: Cursor): number | undefined {
  return typeof cursor.value === 'number' ? cursor.value : undefined;
}

export function booleanOf(cursor: Cursor): boolean | undefined {
  return typeof cursor.value === 'boolean' ? cursor.value : undefined;
}

/** The text as its grammar reads it. */
export function readOf<T>(cursor: Cursor, read: (text: string) => Read<T>): T | undefined {
  const text = textOf(cursor);
  const result = text === undefined ? undefined : read(text);
  return result && !isWrong(result) ? result.value : undefined;
}

/** One value or a list of them. */
export function allOf<T>(cursor: Cursor, read: (text: string) => Read<T>): readonly At<T>[] {
  const items = isList(cursor) ? children(cursor) : [cursor];
  return items.flatMap((item) => {
    const value = readOf(item, read);
    return value === undefined ? [] : [{ value, path: item.path }];
  });
}

/** Removes what is wrong. A list keeps its length, so that the places of its other items stay valid. */
export function withoutWrong(value: PlainMap, paths: readonly KeyPath[]): void {
  for (const path of paths) {
    const last = path.at(-1);
    const parent = path.slice(0, -1).reduce<Plain | undefined>(step, value);
    if (last === undefined || !isCollection(parent)) continue;
    delete (parent as PlainMap)[last];
  }
}

function step(at: Plain | undefined, key: string | number): Plain | undefined {
  return isCollection(at) && Object.hasOwn(at, key) ? (at as PlainMap)[key] : undefined;
}
