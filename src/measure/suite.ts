/** A cell of the table: what is measured together. */
export type Cell =
  | {
      readonly kind: 'throughput';
      /** The guests' MTU, in bytes. */
      readonly mtu: number;
      readonly streams: number;
      /** `forward` is from the first end to the second. */
      readonly direction: 'both' | 'forward' | 'reverse';
    }
  | { readonly kind: 'flood-ping'; readonly count: number }
  | { readonly kind: 'round-trips'; readonly protocol: 'tcp' | 'udp' };

export type SuiteName = 'seed' | 'default';

export interface Suite {
  readonly name: SuiteName;
  readonly cells: readonly Cell[];
  /** Runs of each cell. */
  readonly runs: number;
  readonly seconds: number;
  /** Slow start and other start-up effects, left out of the sums. */
  readonly omitSeconds: number;
  /** Whether the cells take turns, so that whatever drifts with time affects all of them alike. */
  readonly interleaved: boolean;
  readonly pinned: boolean;
  /**
   * How a cell with a smaller MTU than the guests' is measured: their netdevs get that MTU, or TCP's segments are made as
   * small. Absent in runs of versions that had only the latter.
   */
  readonly mtuBy?: MtuBy;
}

export type MtuBy = 'netdev' | 'segments';

/** Fewer cannot detect a difference of 10 % as often as they should (`promises.test.ts`). */
export const defaultRuns = 10;
const floodCount = 10_000;

/** The seed's table: MTU and streams. */
const seedCells = [
  [1500, 2],
  [9000, 2],
  [9000, 6],
] as const;

export interface SuiteOptions {
  readonly runs?: number;
  readonly seconds?: number;
  /** Parts of the cells' names; by default all cells. */
  readonly only?: readonly string[];
}

/** A suite for guests with this MTU; of the seed's cells, those that they cannot send are left out. */
export function suiteOf(
  name: SuiteName,
  mtu: number,
  { runs, seconds, only = [] }: SuiteOptions = {},
): Suite {
  const suite = askedFor(name, mtu, only);
  const cells = suite.cells.filter((cell) => !isTooLarge(cell, mtu));
  return { ...suite, cells, ...(runs && { runs }), ...(seconds && { seconds }) };
}

/** Cells of a suite that guests with this MTU cannot send. */
export function tooLargeFor(name: SuiteName, mtu: number, { only = [] }: SuiteOptions = {}): readonly Cell[] {
  return askedFor(name, mtu, only).cells.filter((cell) => isTooLarge(cell, mtu));
}

function askedFor(name: SuiteName, mtu: number, only: readonly string[]): Suite {
  const suite = name === 'seed' ? seedSuite() : defaultSuite(mtu);
  const isAsked = (cell: Cell) => only.length === 0 || only.some((part) => cellName(cell).includes(part));
  return { ...suite, cells: suite.cells.filter(isAsked) };
}

function isTooLarge(cell: Cell, mtu: number): boolean {
  return cell.kind === 'throughput' && cell.mtu > mtu;
}

function seedSuite(): Suite {
  const cells = seedCells.map(
    ([mtu, streams]): Cell => ({ kind: 'throughput', mtu, streams, direction: 'both' }),
  );
  const ping: Cell = { kind: 'flood-ping', count: floodCount };
  const asHeRanIt = { runs: 3, seconds: 10, omitSeconds: 0, interleaved: false, pinned: false };
  return { name: 'seed', cells: [...cells, ping], ...asHeRanIt };
}

function defaultSuite(largest: number): Suite {
  const sizes = seedCells.map(([mtu, streams]) => [Math.min(mtu, largest), streams] as const);
  const different = sizes.filter(
    ([mtu, streams], at) => sizes.findIndex((s) => s[0] === mtu && s[1] === streams) === at,
  );
  const throughput = different.flatMap(([mtu, streams]) =>
    (['forward', 'reverse'] as const).map(
      (direction): Cell => ({ kind: 'throughput', mtu, streams, direction }),
    ),
  );
  const latency: readonly Cell[] = [
    { kind: 'flood-ping', count: floodCount },
    { kind: 'round-trips', protocol: 'tcp' },
    { kind: 'round-trips', protocol: 'udp' },
  ];
  const toTellApart = { runs: defaultRuns, seconds: 5, omitSeconds: 1, interleaved: true, pinned: true };
  return { name: 'default', cells: [...throughput, ...latency], ...toTellApart };
}

/** `9000/6 both`, `ping`, `tcp round trips`. */
export function cellName(cell: Cell): string {
  if (cell.kind === 'throughput') return `${cell.mtu}/${cell.streams} ${cell.direction}`;
  return cell.kind === 'flood-ping' ? 'ping' : `${cell.protocol} round trips`;
}

/** The estimated duration of a run of a cell, in milliseconds. */
export function expectedMs(cell: Cell, { seconds, omitSeconds }: Suite): number {
  if (cell.kind === 'throughput') return (seconds + omitSeconds) * 1000 + 500;
  return cell.kind === 'flood-ping' ? 1_500 : roundTripsMs + 500;
}

/** Of one run. */
export const roundTripsMs = 2_000;
