import type { Json } from '../model/json.ts';

/** JSON with sorted lists: lists that were sorted by name have another order under other names. Why something is unseen does not count. */
export function inAnyOrder(value: unknown): Json {
  if (Array.isArray(value)) return value.map(inAnyOrder).sort(byText);
  if (typeof value !== 'object' || value === null) return (value ?? null) as Json;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.map(([key, one]) => [key, key === 'unseen' ? key : inAnyOrder(one)]));
}

function byText(a: Json, b: Json): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
