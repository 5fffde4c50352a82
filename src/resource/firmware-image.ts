import { keptImage } from '../model/firmware.ts';
import type { Json } from '../model/json.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Resource } from './resource.ts';

/** A burn takes minutes; if it is cut off, the old image remains: flash is written in two halves (mstflint, failsafe). */
const burnTimeoutMs = 1_800_000;

/** What a card's flash holds, by its first PF: `MT_0000000013 16.35.4554`. The images of both ends of a change are in vflane's folder. */
export const firmwareImage: Resource = {
  kind: 'firmware-image',
  timeoutMs: 10_000,
  apart: true,
  unheld: true,
  wanted: () => [],
  there: ({ firmware = {} }) =>
    Object.entries(firmware).map(([at, { flash }]) => ({
      at,
      value: isUnseen(flash) ? flash : imageValue(flash.psid, flash.version),
    })),
  move: (at, _from, to) => ({ actions: to === null ? [] : [burning(at, to)] }),
  settled: () => [],
  why: () =>
    'Burn the image into the card’s flash. The card runs it after its next reset, or the next start of the host.',
};

export function imageValue(psid: string, version: string): string {
  return `${psid} ${version}`;
}

function burning(pci: string, to: Json) {
  const [psid = '', version = ''] = String(to).split(' ');
  const run = ['mstflint', '-d', pci, '-i', keptImage(psid, version), '-y', 'burn'];
  return { run, timeoutMs: burnTimeoutMs };
}
