import { type Figure, figuresOf } from './figures.ts';
import { hasInterval } from './median.ts';
import type { BenchRun } from './run-record.ts';

/** The columns of the seed's table, with the figures that fill them. */
const seedColumns = [
  ['iperf3/1500/2 (Gb/s)', '1500/2 both'],
  ['iperf3/9000/2 (Gb/s)', '9000/2 both'],
  ['iperf3/9000/6 (Gb/s)', '9000/6 both'],
  ['ping mean (us)', 'ping mean'],
  ['ping mdev (us)', 'ping mdev'],
] as const;

/** The seed's author's names for them. */
const approaches = {
  'legacy-vlan': 'legacy + VLAN',
  'ovs-dpdk': 'ovs/dpdk + VXLAN',
  'ovs-tc': 'ovs/tc + VXLAN',
} as const;

export function approachOf({ ends: [{ datapath, name }], forwarding, suite, state }: BenchRun): string {
  const marks = [
    forwarding.by === 'software' && !isOfHosts(name) ? 'software' : '',
    state === 'complete' ? '' : 'partial',
  ];
  const said = [...marks, suite.name === 'seed' ? '' : suite.name].filter((mark) => mark !== '');
  const approach = isOfHosts(name) ? 'host to host' : approaches[datapath];
  return `${approach}${said.length > 0 ? ` (${said.join(', ')})` : ''}`;
}

/** The baseline: no tenant's packet goes this way. */
function isOfHosts(end: string): boolean {
  return end.startsWith('host:');
}

/** The seed's table of these runs, and below it every figure of each. */
export function asMarkdown(runs: readonly BenchRun[]): string {
  const seeds = runs.filter(({ suite }) => suite.name === 'seed');
  const table = [['Approach', ...seedColumns.map(([title]) => title)], ...seeds.map(seedRow)];
  const parts = runs.flatMap((run) => [
    `### ${run.id}: ${approachOf(run)}`,
    '',
    ...markdownTable(figureRows(run)),
    '',
  ]);
  return [...(seeds.length > 0 ? [...markdownTable(table), ''] : []), ...parts].join('\n');
}

function seedRow(run: BenchRun): readonly string[] {
  const figures = new Map(figuresOf(run).map((figure) => [figure.key, figure]));
  const cells = seedColumns.map(
    ([, key]) => impossibleIn(run, key) ?? numberOf(figures.get(key)?.median.median),
  );
  return [approachOf(run), ...cells];
}

/** Why a run has no such figure, if that is known. */
export function impossibleIn({ impossible = [] }: BenchRun, key: string): string | undefined {
  const found = impossible.find(({ cell }) => cell === key);
  return found && `not possible: ${found.because}`;
}

function figureRows(run: BenchRun): readonly (readonly string[])[] {
  const rows = figuresOf(run).map(({ key, unit, median, wireLimit }) => [
    key,
    unit,
    numberOf(median.median),
    ...(hasInterval(median) ? [median.low, median.high] : [undefined, undefined]).map(numberOf),
    `${median.n}`,
    wireLimit === undefined ? '' : `${((100 * median.median) / wireLimit).toFixed(1)} %`,
  ]);
  return [['figure', 'unit', 'median', 'low', 'high', 'n', 'of the wire'], ...rows];
}

function numberOf(value: number | undefined): string {
  if (value === undefined) return '';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function markdownTable([titles = [], ...rows]: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)];
}

const csvTitles = [
  'run',
  'approach',
  'forwarded_by',
  'from',
  'to',
  'figure',
  'unit',
  'sample',
  'value',
  'wire_limit',
];

/** A line for each measured value, with a title. */
export function asCsv(runs: readonly BenchRun[]): string {
  const lines = runs.flatMap((run) => figuresOf(run).flatMap((figure) => csvLines(run, figure)));
  return [csvTitles, ...lines].map((cells) => `${cells.map(quoted).join(',')}\n`).join('');
}

function csvLines(run: BenchRun, { key, unit, values, wireLimit }: Figure): readonly (readonly string[])[] {
  const { id, ends, forwarding } = run;
  const head = [id, ends[0].datapath, forwarding.by, ends[0].name, ends[1].name, key, unit];
  return values.map((value, at) => [
    ...head,
    `${at + 1}`,
    `${value}`,
    wireLimit === undefined ? '' : `${wireLimit}`,
  ]);
}

/** RFC 4180; nothing written here begins a formula. */
function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
