import type { Talker } from './talker.ts';

/** What a netdev had sent by when: milliseconds since 1970, and bytes with their Ethernet headers. */
export interface Sample {
  readonly ms: number;
  readonly bytes: number;
}

/** For a node in the netdev's namespace. Between its two looks at the clock the counter was read at once, or it is left out. */
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

/** Fewer are no data any more: what ends a test, and what neighbours say. */
const fewBytes = 20_000;

/** Bits a second that the link carried in the last seconds before it fell silent, among the samples of a time. */
export function carriedBps(samples: readonly Sample[], seconds: number): number {
  const all = samples.at(-1)?.bytes ?? 0;
  const last = samples.find(({ bytes }) => bytes > all - fewBytes);
  const first = samples.findLast(({ ms }) => ms <= (last?.ms ?? 0) - 1000 * seconds);
  if (first === undefined || last === undefined) return Number.NaN;
  return (8000 * (last.bytes - first.bytes)) / (last.ms - first.ms);
}
