import { type FailoverResult, newsIn, type Phase, summaryOf } from '../measure/failover-result.ts';
import { type Chart, legendOf, nameAxis, roundedUp, valueAxis } from './chart.ts';
import { colourOf, type Theme } from './theme.ts';

const titles = { down: 'port taken away', up: 'port given back', back: 'traffic moved back' } as const;
const reports = 'report of the bond or the card';
const rowHeight = 50;

/** When the traffic was interrupted after each cut, and what the bond and the card reported meanwhile. */
export function failoverChart(result: FailoverResult, at: number): Chart {
  return {
    name: `failover-${at + 1}`,
    title: `Failover on ${result.host}: ${result.how}, between ${result.between.join(' and ')}`,
    says: `Each bar is a time without traffic, counted from the command that takes the port away or gives it back, which takes a while itself. The diamonds mark when the bond or the card reported another active port. A probe every ${result.intervalMs} ms in both directions. ${summaryText(result)}`,
    height: result.phases.length * rowHeight + 90,
    option: (theme) => optionOf(theme, result.phases),
  };
}

/** For each phase, the worse direction of each round. */
function summaryText(result: FailoverResult): string {
  const parts = summaryOf(result).map(
    ({ phase, medianMs, worstMs, n }) =>
      `${titles[phase]}: median ${medianMs.toFixed(0)} ms, worst ${worstMs.toFixed(0)} ms, n ${n}`,
  );
  const mark = result.partial === undefined ? '' : ` Partial: ${result.partial}.`;
  return `${parts.join('; ')}.${mark}`;
}

function optionOf(theme: Theme, phases: readonly Phase[]) {
  const names = phases.map(({ round, phase }) => `${round}. ${titles[phase]}`);
  const ends = phases.flatMap((phase) => [
    ...phase.ways.map((way) => way.atMs + way.outageMs),
    ...newsIn(phase).map(({ atMs }) => atMs),
  ]);
  const directions = [0, 1].map((which) => ({
    name: directionOf(phases, which),
    colour: colourOf(theme, which),
    data: phases.map(({ ways }) => ways[which]),
  }));
  const marks = phases.flatMap((phase, row) =>
    newsIn(phase).map(({ atMs, what, is }) => ({ value: [atMs, row], name: `${what}: ${is}` })),
  );
  return {
    legend: legendOf(theme, [...directions.map(({ name }) => name), reports]),
    grid: { left: 190, right: 110, top: 36, bottom: 44 },
    xAxis: valueAxis(theme, 'ms after the command', {
      nameLocation: 'middle',
      nameGap: 26,
      min: 0,
      max: roundedUp(Math.max(10, ...ends) * 1.02),
    }),
    yAxis: nameAxis(theme, names, { inverse: true }),
    series: [
      ...directions.flatMap(({ name, colour, data }) => [
        {
          type: 'bar',
          stack: name,
          barGap: '45%',
          silent: true,
          barWidth: 13,
          itemStyle: { color: 'transparent' },
          data: data.map((way) => way?.atMs ?? 0),
        },
        {
          ...{ type: 'bar', stack: name, name, barWidth: 13, itemStyle: { color: colour, borderRadius: 2 } },
          data: data.map((way) => ({ value: way?.outageMs ?? 0, label: barLabel(theme, way) })),
        },
      ]),
      {
        type: 'scatter',
        name: reports,
        symbol: 'diamond',
        symbolSize: 9,
        itemStyle: { color: theme.text },
        data: marks,
      },
    ],
  };
}

function directionOf(phases: readonly Phase[], which: number): string {
  const way = phases[0]?.ways[which];
  return way === undefined ? `direction ${which + 1}` : `${way.from} to ${way.to}`;
}

function barLabel(theme: Theme, way: Phase['ways'][number] | undefined) {
  if (way === undefined || way.outageMs === 0) return { show: false };
  const more = way.over ? '' : ' and more';
  return {
    show: true,
    position: 'right',
    color: theme.faint,
    fontSize: 11,
    formatter: `${way.outageMs.toFixed(0)} ms${more}`,
  };
}
