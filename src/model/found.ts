import type { Json } from './json.ts';

/** A place on a host that was set up by hand, with the value that was found there; `null`: nothing is there. */
export interface Found {
  readonly resource: string;
  readonly at: string;
  readonly value: Json;
}

const run = /^([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\/(\d{1,3})-(\d{1,3})$/;

/** `0000:03:00.0/2-4` → the places of VFs 2, 3 and 4; any other place is itself. Empty if the range runs backwards. */
export function placesIn(text: string): readonly string[] {
  const [, pf, first, last] = run.exec(text) ?? [];
  if (pf === undefined) return [text];
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, step) => `${pf}/${Number(first) + step}`);
}
