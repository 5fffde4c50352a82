import { type Figure, figuresOf } from '../measure/figures.ts';
import { hasInterval, type Median } from '../measure/median.ts';
import type { BenchRun } from '../measure/run-record.ts';
import { largestPayload } from '../measure/slot-limit.ts';
import { cellName } from '../measure/suite.ts';
import { isUnseen } from '../model/unseen.ts';
import { oneLine } from './one-line.ts';
import type { Output } from './output.ts';

/** How the smaller MTUs are made. */
function mtuLines({ suite: { cells, mtuBy }, ends }: BenchRun): readonly string[] {
  const own = Math.min(...ends.map(({ mtu }) => mtu));
  const mtus = cells.flatMap((cell) => (cell.kind === 'throughput' && cell.mtu < own ? [cell.mtu] : []));
  if (mtus.length === 0) return [];
  const names = [...new Set(mtus)].join(' and ');
  return mtuBy === 'netdev'
    ? [`both guests have MTU ${names} for its cells, and their own otherwise`]
    : [`both ends keep their MTU: TCP’s segments are those of MTU ${names} for its cells`];
}

/** What is measured, between which ends, and how. */
export function headOf(run: BenchRun): readonly string[] {
  const {
    id,
    suite,
    ends: [from, to],
    network,
    cpus,
  } = run;
  const { runs, seconds, cells } = suite;
  const pinned = cpus.length > 0 ? `, pinned to CPUs ${cpus.join(',')}` : '';
  return [
    `${id}: ${from.name} on ${from.host} to ${to.name} on ${to.host}, network ${network}`,
    `suite ${suite.name}: ${cells.map(cellName).join(', ')}; ${runs} runs each, of ${seconds} s${pinned}`,
    ...mtuLines(run),
  ];
}

/** The figures of a run, as a table. */
export function tableOf(run: BenchRun, { paint }: Pick<Output, 'paint'>): readonly string[] {
  const { forwarding, state, ends } = run;
  const figures = figuresOf(run);
  const lines = columnsOf([titles, ...figures.map(cellsOf)]);
  return [
    `${ends[0].datapath} to ${ends[1].datapath}, forwarded by ${forwarding.by === 'card' ? 'the card' : 'software'} (${forwarding.proof})`,
    ...limitsOf(run),
    '',
    paint('bold', lines[0] ?? ''),
    ...lines.slice(1),
    ...(run.impossible ?? []).map(({ cell, because }) => `${cell}  not possible: ${because}`),
    ...(state === 'complete'
      ? []
      : ['', paint('yellow', `partial: ${oneLine(run.because ?? 'it was never said how it ended')}`)]),
  ];
}

const titles = [
  'figure',
  'median',
  'interval of 95 %',
  'n',
  'of the wire',
  'of the slot',
  'retransmits',
  'busy cores',
];

/** Rows in columns: the first to the left, numbers to the right. */
export function columnsOf(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => padded(cell, widths[at] ?? 0, at))
      .join('  ')
      .trimEnd(),
  );
}

function padded(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function cellsOf(figure: Figure): readonly string[] {
  const { key, unit, median, wireLimit, slotLimit, retransmits, busy } = figure;
  return [
    key,
    `${shown(median.median)} ${unit}`,
    intervalOf(median),
    `${median.n}`,
    shareOf(median.median, wireLimit),
    shareOf(median.median, slotLimit),
    retransmits === undefined ? '' : `${retransmits}`,
    busy === undefined ? '' : `${busy[0].toFixed(1)} + ${busy[1].toFixed(1)}`,
  ];
}

/** `–` for one or two values. */
export function intervalOf(median: Median): string {
  return hasInterval(median) ? `${shown(median.low)} – ${shown(median.high)}` : '–';
}

/** Three digits: more than is certain of any figure. */
export function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function shareOf(value: number, limit: number | undefined): string {
  return limit === undefined ? '–' : `${((100 * value) / limit).toFixed(1)} %`;
}

function limitsOf({ wire: { lineBps, slotBps, slotPayload } }: BenchRun): readonly string[] {
  const wire = isUnseen(lineBps)
    ? `no limit of the wire: ${lineBps.unseen}`
    : `a line of ${lineBps / 1e9} Gb/s`;
  const payload =
    slotPayload === undefined || isUnseen(slotPayload)
      ? `assumed: packets of ${largestPayload} bytes`
      : `packets of ${slotPayload} bytes`;
  const slot = isUnseen(slotBps) ? '' : `; a slot that carries ${shown(slotBps / 1e9)} Gb/s (${payload})`;
  return [`${wire}${slot}`];
}
