import { quantileSorted } from 'simple-statistics';
import { type Figure, figuresOf } from '../measure/figures.ts';
import type { BenchRun } from '../measure/run-record.ts';
import type { Datapath } from '../model/fabric.ts';
import { type Chart, nameAxis, valueAxis } from './chart.ts';
import { colourOfDatapath, type Theme } from './theme.ts';

/** The spread of a benchmark's runs: throughput in one chart, latency in another; no chart for what was not measured. */
export function boxCharts(run: BenchRun, at: number): readonly Chart[] {
  const figures = figuresOf(run);
  const parts = [
    { unit: 'Gb/s', name: 'throughput-spread', title: 'Throughput, run by run' },
    { unit: 'µs', name: 'latency-spread', title: 'Latency, run by run' },
  ] as const;
  return parts.flatMap(({ unit, name, title }) => {
    const rows = figures.filter((figure) => figure.unit === unit);
    return rows.length === 0
      ? []
      : [boxChart(rows, { unit, title, name: `${name}-${at + 1}`, datapath: run.ends[0].datapath })];
  });
}

interface Look {
  readonly unit: string;
  readonly title: string;
  readonly name: string;
  readonly datapath: Datapath;
}

function boxChart(figures: readonly Figure[], { unit, title, name, datapath }: Look): Chart {
  return {
    name,
    title,
    says: 'The box holds the middle half of the runs, the line in it is the median, each dot is a run.',
    height: figures.length * 40 + 60,
    option: (theme) => ({
      grid: { left: 170, right: 30, top: 10, bottom: 40 },
      xAxis: valueAxis(theme, unit, { nameLocation: 'middle', nameGap: 26, ...scaleOf(figures, unit) }),
      yAxis: nameAxis(
        theme,
        figures.map(({ key }) => key),
        { inverse: true },
      ),
      series: [boxes(theme, figures, colourOfDatapath(theme, datapath)), dots(theme, figures)],
    }),
  };
}

/** Latencies in one chart may differ by a factor of a thousand. */
function scaleOf(figures: readonly Figure[], unit: string): object {
  const values = figures.flatMap((figure) => figure.values);
  const isWide = Math.max(...values) > 30 * Math.min(...values);
  return unit === 'µs' && isWide && Math.min(...values) > 0 ? { type: 'log' } : { scale: true };
}

function boxes(theme: Theme, figures: readonly Figure[], border: string) {
  const data = figures.map(({ values }) => {
    const sorted = [...values].sort((a, b) => a - b);
    return [0, 0.25, 0.5, 0.75, 1].map((share) => quantileSorted(sorted, share));
  });
  return {
    type: 'boxplot',
    data,
    boxWidth: [8, 20],
    itemStyle: { color: theme.ghost, borderColor: border, borderWidth: 1.6 },
  };
}

function dots(theme: Theme, figures: readonly Figure[]) {
  const data = figures.flatMap(({ values }, row) => values.map((value) => [value, row]));
  return {
    type: 'scatter',
    data,
    symbolSize: 5,
    itemStyle: { color: theme.text, opacity: 0.5 },
  };
}
