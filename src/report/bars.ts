import type { Chart } from './chart.ts';
import { nameAxis, valueAxis } from './chart.ts';
import type { TableCell, TableRow } from './rows.ts';
import { seedCells } from './seed-figures.ts';
import { colourOf, type Theme } from './theme.ts';

interface Bar {
  readonly label: string;
  readonly row: number;
  readonly cell: TableCell;
}

const rowHeight = 30;

/** Throughput of every approach, cell by cell, against what the wire could carry at all. */
export function barsChart(rows: readonly TableRow[]): Chart {
  const groups = seedCells.map((cell) => ({
    cell,
    bars: rows.flatMap((row, at): Bar[] => {
      const found = row.cells[cell];
      return found === undefined ? [] : [{ label: row.name, row: at, cell: found }];
    }),
  }));
  const lines = groups.reduce((sum, { bars }) => sum + bars.length + 1, 0);
  return {
    name: 'throughput',
    title: 'Throughput against the limit of the wire',
    says: 'One bar for each way to share the card, by MTU and streams; behind each the most that TCP can carry over that wire with that encapsulation.',
    height: lines * rowHeight + 60,
    option: (theme) => optionOf(theme, groups),
  };
}

function optionOf(theme: Theme, groups: readonly { readonly cell: string; readonly bars: readonly Bar[] }[]) {
  // A heading is a row without a bar.
  const slots = groups.flatMap(({ cell, bars }) => [
    { heading: cell, bar: undefined },
    ...bars.map((bar) => ({ heading: '', bar })),
  ]);
  const names = slots.map(({ heading, bar }) => (bar ? bar.label : `{h|${headingOf(heading)}}`));
  const rich = { h: { fontWeight: 'bold', fontSize: 13, color: theme.text } };
  const most = Math.max(...slots.map(({ bar }) => Math.max(bar?.cell.limit ?? 0, bar?.cell.value ?? 0)));
  return {
    grid: { left: 190, right: 150, top: 10, bottom: 40 },
    xAxis: valueAxis(theme, 'Gb/s', { nameLocation: 'middle', nameGap: 26, max: most }),
    yAxis: nameAxis(theme, names, {
      inverse: true,
      axisLine: { show: false },
      axisLabel: { color: theme.faint, fontSize: 12.5, rich },
    }),
    series: [
      {
        ...{ type: 'bar', barWidth: 18, barGap: '-100%', silent: true },
        itemStyle: { color: theme.ghost, borderColor: theme.line, borderWidth: 1, borderRadius: 3 },
        data: slots.map(({ bar }) => bar?.cell.limit ?? 0),
      },
      {
        ...{ type: 'bar', barWidth: 18, barGap: '-100%' },
        data: slots.map(({ bar }) => ({
          value: bar?.cell.value ?? 0,
          itemStyle: { color: colourOf(theme, bar?.row ?? 0), borderRadius: 3 },
          label: bar ? labelOf(theme, bar.cell) : { show: false },
        })),
      },
    ],
  };
}

function headingOf(cell: string): string {
  const [mtu, streams] = cell.split('/');
  return `MTU ${mtu}, ${streams} streams`;
}

function labelOf(theme: Theme, { value, limit }: TableCell) {
  const share =
    limit === undefined ? '' : `  {s|${((100 * value) / limit).toFixed(0)} % of ${limit.toFixed(1)}}`;
  const rich = { s: { color: theme.faint, fontSize: 11.5 } };
  return {
    show: true,
    position: 'right',
    formatter: `${numberText(value)}${share}`,
    color: theme.text,
    fontSize: 12.5,
    rich,
  };
}

/** Three digits. */
export function numberText(value: number): string {
  return value >= 100 ? value.toFixed(0) : `${Number(value.toPrecision(3))}`;
}
