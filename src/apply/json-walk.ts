import type { Json } from '../model/json.ts';

/** Where a walk ended: `undefined` for "not there". @throws WalkError if more than one element fits. */
export function walkJson(value: Json | undefined, at: readonly string[]): Json | undefined {
  return at.reduce<Json | undefined>(stepInto, value);
}

export class WalkError extends Error {
  override readonly name = 'WalkError';
}

function stepInto(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isList(value)) return /^\d+$/.test(key) ? value[Number(key)] : element(value, key);
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function element(list: readonly Json[], selector: string): Json | undefined {
  const cut = selector.indexOf('=');
  if (cut < 0) return undefined;
  const wanted = selector.slice(cut + 1);
  if (cut === 0) return list.find((one) => one === wanted);
  const fit = list.filter((one) => {
    const value = cut === 0 ? one : stepInto(one, selector.slice(0, cut));
    return value !== undefined && (typeof value === 'string' ? value : JSON.stringify(value)) === wanted;
  });
  if (fit.length > 1) throw new WalkError(`${fit.length} elements have ${selector}`);
  return fit[0];
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
