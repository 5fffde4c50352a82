import type { MeasurePlace } from '../operate/measure-request.ts';
import type { Site } from '../operate/site.ts';

/** One end of a road: where its packets begin, or the address at which they end. */
export interface PathFrom {
  readonly site: Site;
  readonly place: MeasurePlace;
}

/** The largest IP packet that went there and back unfragmented, or why it is unknown. */
export type PathMtu =
  | { readonly kind: 'carries'; readonly bytes: number; readonly whole: boolean }
  | { readonly kind: 'silent'; readonly why: string };

const waitMs = 300;
const attempts = 3;
/** Where the search begins: what every host has to accept (RFC 791, 3.2), and every link to carry (RFC 8200, 5). */
const least = { v4: 576, v6: 1280 } as const;

/** Bisects for the largest packet of at most `most` bytes that comes back with fragmentation forbidden. */
export async function pathMtu(from: PathFrom, to: string, most: number): Promise<PathMtu> {
  const first = await passes(from, to, most);
  if (first === true) return { kind: 'carries', bytes: most, whole: true };
  const start = to.includes(':') ? least.v6 : least.v4;
  const small = await passes(from, to, Math.min(start, most));
  if (small !== true) return { kind: 'silent', why: small === false ? 'no answer' : small };
  let [low, high] = [Math.min(start, most), most];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((await passes(from, to, middle)) === true) low = middle;
    else high = middle;
  }
  return { kind: 'carries', bytes: low, whole: false };
}

/** Whether it passes; a text if ping itself could not be run. */
async function passes({ site, place }: PathFrom, to: string, bytes: number): Promise<boolean | string> {
  // IP header and ICMP header (RFC 791; RFC 8200; RFC 792).
  const headers = to.includes(':') ? 48 : 28;
  const program = {
    ...({ name: 'ping', to, count: 1, dontFragment: true, waitMs, quiet: true } as const),
    sizeBytes: bytes - headers,
  };
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const ended = await site.measure({ place, program, timeoutMs: 10_000 }, () => {});
    if (ended.kind === 'refused') return ended.findings[0]?.message ?? 'refused';
    if (ended.exitCode === 0) return true;
    // 2: it could not even be sent (ping(8)), unless the packet is merely too long for this netdev.
    if (ended.exitCode === 2 && !/too long|Message too/i.test(ended.stderr)) return ended.stderr.trim();
  }
  return false;
}
