import type { Chart } from './chart.ts';
import { nameAxis, roundedUp, valueAxis } from './chart.ts';
import type { TableCell, TableRow } from './rows.ts';
import { seedCells } from './seed-figures.ts';
import { colourOfDatapath, type Theme } from './theme.ts';

interface Bar {
  readonly row: TableRow;
  readonly cell: TableCell;
}

const rowHeight = 30;

/** Throughput of every approach, cell by cell, compared with the most that the wire could carry. */
export function barsChart(rows: readonly TableRow[]): Chart {
  const groups = seedCells.map((cell) => ({
    cell,
    bars: rows.flatMap((row): Bar[] => {
      const found = row.cells[cell];
      return found === undefined ? [] : [{ row, cell: found }];
    }),
  }));
  const lines = groups.reduce((sum, { bars }) => sum + bars.length + 1, 0);
  return {
    name: 'throughput',
    title: 'Throughput against the limit of the wire',
    says: 'One bar for each way to share the card, by MTU and streams; behind each the most that TCP can carry over that wire with that encapsulation. Paler bars are the seed’s.',
    height: lines * rowHeight + 60,
    option: (theme) => optionOf(theme, groups),
  };
}

function optionOf(theme: Theme, groups: readonly { readonly cell: string; readonly bars: readonly Bar[] }[]) {
  // A heading is a row without bars.
  const slots = groups.flatMap(({ cell, bars }) => [
    { heading: cell, bar: undefined },
    ...bars.map((bar) => ({ heading: '', bar })),
  ]);
  const names = slots.map(({ heading, bar }) => (bar ? nameOf(bar.row) : `{h|${headingOf(heading)}}`));
  const rich = {
    h: { fontWeight: 700, fontSize: 13.5, color: theme.text },
    n: { fontSize: 12.5, color: theme.text },
    s: { fontSize: 11.5, color: theme.faint },
  };
  const most = roundedUp(
    Math.max(...slots.map(({ bar }) => Math.max(bar?.cell.limit ?? 0, bar?.cell.value ?? 0))),
  );
  const bar = { type: 'bar', barWidth: 18, barGap: '-100%' };
  const ghost = { color: theme.ghost, borderColor: theme.line, borderWidth: 1, borderRadius: 3 };
  return {
    grid: { left: 280, right: 140, top: 4, bottom: 44 },
    xAxis: valueAxis(theme, 'Gb/s', { nameLocation: 'middle', nameGap: 26, max: most }),
    yAxis: nameAxis(theme, names, { inverse: true, axisLine: { show: false }, axisLabel: { rich } }),
    series: [
      { ...bar, silent: true, itemStyle: ghost, data: slots.map((slot) => slot.bar?.cell.limit ?? 0) },
      {
        ...bar,
        silent: true,
        itemStyle: { color: 'transparent' },
        data: slots.map((slot) => shareOf(theme, most, slot.bar)),
      },
      { ...bar, data: slots.map((slot) => measuredOf(theme, slot.bar)) },
    ],
  };
}

function nameOf({ name, number }: TableRow): string {
  return `{n|${name}}{s|   ${number === undefined ? 'seed' : `run ${number}`}}`;
}

/** At the end of every line, so that the shares are aligned. */
function shareOf(theme: Theme, most: number, bar: Bar | undefined) {
  const { value, limit } = bar?.cell ?? { value: 0 };
  const text = limit === undefined ? '' : `${((100 * value) / limit).toFixed(0)} % of ${limit.toFixed(1)}`;
  return {
    value: most,
    label: {
      show: bar !== undefined,
      position: 'right',
      distance: 36,
      formatter: text,
      color: theme.faint,
      fontSize: 12,
    },
  };
}

/** Figures that were not measured here are paler. */
function measuredOf(theme: Theme, bar: Bar | undefined) {
  if (bar === undefined) return { value: 0, label: { show: false } };
  const { row, cell } = bar;
  const opacity = row.number === undefined ? 0.5 : 1;
  return {
    value: cell.value,
    itemStyle: { color: colourOfDatapath(theme, row.datapath), opacity, borderRadius: 3 },
    label: {
      show: true,
      position: 'right',
      formatter: numberText(cell.value),
      color: theme.text,
      fontSize: 12.5,
    },
  };
}

function headingOf(cell: string): string {
  const [mtu, streams] = cell.split('/');
  return `MTU ${mtu}, ${streams} streams`;
}

/** With three significant digits. */
export function numberText(value: number): string {
  return value >= 100 ? value.toFixed(0) : `${Number(value.toPrecision(3))}`;
}
