import { firmwareFolder } from '../model/firmware.ts';
import type { Json } from '../model/json.ts';
import type { Action, Probe } from '../model/plan.ts';
import type { Resource } from './resource.ts';

/** The card's own processor reads a flash of 32 MiB. */
const readTimeoutMs = 900_000;

/**
 * A file in vflane's folder: a card's settings, what its flash holds, or the image to burn. Whatever becomes of the
 * plan, the file stays: it is the way back.
 */
export const firmwareSaved: Resource = {
  kind: 'firmware-saved',
  timeoutMs: 10_000,
  stays: true,
  apart: true,
  wanted: () => [],
  there: () => [],
  move: (at, _from, to) => ({ actions: to === null ? [] : saving(at, to) }),
  settled: (at, to) => (to === null ? [] : kept(at)),
  why: () => 'Save what the card holds, and the image to burn, before anything is written to the card.',
};

/** `ls` of a file prints its name, and of the folder its contents. */
function kept(at: string): readonly Probe[] {
  return at === firmwareFolder ? [] : [{ says: ['ls', at], is: at }];
}

/** What is to be kept in a file. */
export type Kept =
  | { readonly of: 'folder' }
  | { readonly of: 'settings'; readonly pci: string }
  | { readonly of: 'flash'; readonly pci: string }
  | { readonly of: 'image'; readonly file: string };

function saving(at: string, to: Json): readonly Action[] {
  const asked = to as unknown as Kept;
  if (asked.of === 'folder') return [{ run: ['mkdir', '-p', at] }];
  if (asked.of === 'settings') return [{ run: ['mstconfig', '-d', asked.pci, '-f', at, 'backup'] }];
  const fill: Action =
    asked.of === 'flash'
      ? { run: ['mstflint', '-d', asked.pci, 'ri', at], timeoutMs: readTimeoutMs }
      : { run: ['cp', '--', asked.file, at] };
  // A truncated file has to be found now, not when it is needed.
  return [fill, { run: ['mstflint', '-i', at, 'v'], timeoutMs: readTimeoutMs }];
}
