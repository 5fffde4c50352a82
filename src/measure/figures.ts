import { isUnseen } from '../model/unseen.ts';
import { type Median, medianOf } from './median.ts';
import { percentileOf } from './round-trips.ts';
import type { BenchRun, Turn } from './run-record.ts';
import { type Cell, cellName } from './suite.ts';
import { wireLimit } from './wire-limit.ts';

/** One figure of a run: a row of its table. */
export interface Figure {
  /** `9000/6 both`, `ping mean`; the same in every run that has it. */
  readonly key: string;
  readonly unit: 'Gb/s' | 'µs';
  readonly better: 'more' | 'less';
  readonly values: readonly number[];
  readonly median: Median;
  /** For throughput: what the wire and the slot could carry, in Gb/s, if that is known. */
  readonly wireLimit?: number;
  readonly slotLimit?: number;
  /** Medians. */
  readonly retransmits?: number;
  /** Busy cores on the hosts of both ends. */
  readonly busy?: readonly [number, number];
}

/** The table of a run; a cell without a single good run has no row. */
export function figuresOf(run: BenchRun): readonly Figure[] {
  return run.suite.cells.flatMap((cell) => {
    const name = cellName(cell);
    const turns = run.turns.filter((turn) => turn.failed === undefined && cellName(turn.cell) === name);
    return turns.length === 0 ? [] : rowsOf(run, cell, name, turns);
  });
}

function rowsOf(run: BenchRun, cell: Cell, name: string, turns: readonly Turn[]): readonly Figure[] {
  switch (cell.kind) {
    case 'throughput':
      return throughput(run, cell.mtu, name, turns);
    case 'flood-ping':
      return [
        ...latency('ping mean', turns, ({ ping }) => ping?.meanUs),
        ...latency('ping mdev', turns, ({ ping }) => ping?.mdevUs),
      ];
    case 'round-trips':
      return [50, 99].flatMap((percent) =>
        latency(
          `${name} p${percent}`,
          turns,
          ({ roundTrips }) => roundTrips && percentileOf(roundTrips, percent),
        ),
      );
  }
}

function throughput({ wire }: BenchRun, mtu: number, key: string, turns: readonly Turn[]): readonly Figure[] {
  const flows = turns.flatMap((turn) => turn.flows ?? []);
  const values = flows.map(({ bitsPerSecond }) => bitsPerSecond / 1e9);
  if (values.length === 0) return [];
  const { lineBps, slotBps, encapsulation, family } = wire;
  const retransmits = flows.flatMap(({ retransmits: count }) => (count === undefined ? [] : [count]));
  const busy = busyOf(turns);
  return [
    {
      ...{ key, unit: 'Gb/s', better: 'more', values, median: medianOf(values) },
      ...(!isUnseen(lineBps) && { wireLimit: wireLimit(lineBps, mtu, encapsulation, family) / 1e9 }),
      ...(!isUnseen(slotBps) && { slotLimit: slotBps / 1e9 }),
      ...(retransmits.length > 0 && { retransmits: medianOf(retransmits).median }),
      ...(busy && { busy }),
    },
  ];
}

function busyOf(turns: readonly Turn[]): readonly [number, number] | undefined {
  const [first, second] = [0, 1].map((end) =>
    turns.flatMap(({ hostCpu }) => {
      const cores = hostCpu?.[end];
      return cores === undefined || isUnseen(cores) ? [] : [cores.busy];
    }),
  );
  if (!first?.length || !second?.length) return undefined;
  return [medianOf(first).median, medianOf(second).median];
}

function latency(
  key: string,
  turns: readonly Turn[],
  of: (turn: Turn) => number | undefined,
): readonly Figure[] {
  const values = turns.map(of).filter((value) => value !== undefined);
  return values.length === 0 ? [] : [{ key, unit: 'µs', better: 'less', values, median: medianOf(values) }];
}
