import { type Figure, median, rounded, seconds } from './figure.ts';

/** One run: its wall time, its processor time (start-up and garbage collection included), and its peak memory. */
export interface Measured {
  readonly ms: number;
  readonly cpuMs: number;
  readonly megabytes: number;
}

/** The figures promised for a plan of 1000 hosts, from runs with 100 and with 1000. */
export function scaleFigures(
  what: string,
  few: readonly Measured[],
  many: readonly Measured[],
): readonly Figure[] {
  const [fewMs, manyMs] = [few, many].map((runs) => median(runs.map(({ ms }) => ms))) as [number, number];
  const cpu = `processor time ${seconds(median(many.map(({ cpuMs }) => cpuMs)))}`;
  const memory = Math.round(Math.max(...many.map(({ megabytes }) => megabytes)));
  const time = rounded(manyMs / 1000);
  const growth = rounded(manyMs / fewMs);
  const peer = `100 hosts: ${seconds(fewMs)}`;
  return [
    { kind: 'count', what: `${what}: memory`, figure: memory, unit: 'MB', limit: { atMost: 512 } },
    { kind: 'time', what, figure: time, unit: 's', limit: { atMost: 5 }, peer: `${peer}; ${cpu}` },
    { kind: 'time', what: `${what}: against 100`, figure: growth, unit: '×', limit: { atMost: 12 }, peer },
  ];
}
