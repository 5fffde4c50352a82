import { median } from 'simple-statistics';
import { approachOf } from '../measure/export-text.ts';
import type { BenchRun } from '../measure/run-record.ts';
import { type Chart, legendOf, nameAxis, valueAxis } from './chart.ts';
import { colourOf, type Theme } from './theme.ts';

interface Curve {
  readonly name: string;
  /** Percentile → microseconds, the median of the runs. */
  readonly points: ReadonlyMap<number, number>;
}

const shown = [5, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99] as const;

/** Round trips by percentile, for every run that measured them; no chart if none did. */
export function latencyChart(runs: readonly BenchRun[]): readonly Chart[] {
  const curves = runs.flatMap((run, at) =>
    (['tcp', 'udp'] as const).flatMap((protocol) => curveOf(run, at, protocol)),
  );
  if (curves.length === 0) return [];
  return [
    {
      name: 'latency',
      title: 'Round trips, by percentile',
      says: 'One request at a time: how long the fastest five of a hundred took, half of them, and all but one of ten thousand. The way up at the right is what a user waits for.',
      height: 350 + 20 * Math.ceil(curves.length / 2),
      option: (theme) => optionOf(theme, curves),
    },
  ];
}

function curveOf(run: BenchRun, at: number, protocol: 'tcp' | 'udp'): readonly Curve[] {
  const trips = run.turns.flatMap(({ cell, roundTrips }) =>
    cell.kind === 'round-trips' && cell.protocol === protocol && roundTrips ? [roundTrips] : [],
  );
  if (trips.length === 0) return [];
  const points = shown.flatMap((percent) => {
    const times = trips.flatMap(({ percentiles }) =>
      percentiles.filter(([p]) => p === percent).map(([, us]) => us),
    );
    return times.length === 0 ? [] : [[percent, median(times)] as const];
  });
  return [{ name: `${at + 1}: ${approachOf(run)}, ${protocol}`, points: new Map(points) }];
}

function optionOf(theme: Theme, curves: readonly Curve[]) {
  return {
    legend: {
      ...legendOf(
        theme,
        curves.map(({ name }) => name),
      ),
      type: 'plain',
    },
    grid: { left: 70, right: 30, top: 44 + 20 * Math.ceil(curves.length / 2), bottom: 44 },
    xAxis: nameAxis(
      theme,
      shown.map((percent) => `p${percent}`),
      { boundaryGap: false },
    ),
    yAxis: valueAxis(theme, 'µs', { type: 'log', logBase: 10 }),
    series: curves.map(({ name, points }, at) => ({
      ...{ type: 'line', name, symbolSize: 6, data: shown.map((percent) => points.get(percent) ?? null) },
      lineStyle: { width: 2.2, color: colourOf(theme, at), type: at % 2 ? 'dashed' : 'solid' },
      itemStyle: { color: colourOf(theme, at) },
    })),
  };
}
