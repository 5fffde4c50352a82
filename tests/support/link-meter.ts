import type { Talker } from './talker.ts';

/** What a netdev had sent at a time: milliseconds since 1970, and bytes with their Ethernet headers. */
export interface Sample {
  readonly ms: number;
  readonly bytes: number;
}

/** For Node in the netdev's namespace. A sample counts only if the counter was read at once between two clock readings. */
const program = `const { readFileSync } = require('node:fs');
const look = () => {
  const at = performance.now();
  const bytes = readFileSync('/sys/class/net/' + process.argv[1] + '/statistics/tx_bytes', 'utf8').trim();
  if (performance.now() - at < 1) console.log((performance.timeOrigin + at).toFixed(1), bytes);
};
console.log('ready');
setInterval(look, 10);
process.stdin.on('end', () => process.exit()).resume();`;

export const linkMeter = (netdev: string): readonly string[] => [process.execPath, '-e', program, netdev];

export function samplesOf({ lines }: Pick<Talker, 'lines'>): readonly Sample[] {
  return lines.map((line) => {
    const [ms = Number.NaN, bytes = Number.NaN] = line.split(' ').map(Number);
    return { ms, bytes };
  });
}

/** Fewer bytes are not data: they end a test, or are neighbour discovery. */
const fewBytes = 20_000;

/** Bits per second that the link carried in the last `seconds` before it fell silent, from the samples of a period. */
export function carriedBps(samples: readonly Sample[], seconds: number): number {
  const all = samples.at(-1)?.bytes ?? 0;
  const last = samples.find(({ bytes }) => bytes > all - fewBytes);
  const first = samples.findLast(({ ms }) => ms <= (last?.ms ?? 0) - 1000 * seconds);
  if (first === undefined || last === undefined) return Number.NaN;
  return (8000 * (last.bytes - first.bytes)) / (last.ms - first.ms);
}
