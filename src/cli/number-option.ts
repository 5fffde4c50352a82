import type { VerbOptions } from './context.ts';
import { UsageError } from './usage-error.ts';

/** A numeric option as a part of an object: empty if it was not given. @throws UsageError */
export function numberOption<Name extends string>(
  options: VerbOptions,
  name: Name,
  least: number,
  most: number,
): { readonly [name in Name]?: number } {
  const text = options[name];
  if (text === undefined) return {};
  const value = Number(text);
  if (typeof text === 'string' && /^\d+(\.\d+)?$/.test(text) && value >= least && value <= most)
    return { [name]: value } as { readonly [name in Name]?: number };
  const option = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new UsageError(`${option} ${text} is none`, `Give a number from ${least} to ${most}.`);
}
