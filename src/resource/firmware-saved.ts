import { firmwareFolder } from '../model/firmware.ts';
import type { Json } from '../model/json.ts';
import type { Action, Probe } from '../model/plan.ts';
import type { Resource } from './resource.ts';

/** A flash of 32 MiB is read by the card's own processor. */
const readTimeoutMs = 900_000;

/**
 * A file in vflane's folder: a card's settings, what its flash holds, or the image that is to be burnt. Whatever becomes of the
 * plan it stays: it is the way back.
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
  why: () => 'Keep what the card holds, and what is to be burnt, before anything is written to it.',
};

/** `ls` of a file says its name, and of the folder what is in it. */
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
  // One that was cut off is found now, and not when it is needed.
  return [fill, { run: ['mstflint', '-i', at, 'v'], timeoutMs: readTimeoutMs }];
}
