import { type FailoverResult, type Phase, worstOf } from '../measure/failover-result.ts';
import type { Trace } from '../measure/trace.ts';
import { type Chart, legendOf, roundedUp, valueAxis } from './chart.ts';
import { colourOf, type Theme } from './theme.ts';

const titles = {
  down: 'taken away',
  up: 'given back',
  back: 'taken away, to bring the traffic back',
} as const;
const mostRounds = 3;
const panelHeight = 150;
const headHeight = 44;

/** Datagrams as they arrived around each change; of many rounds those with the longest outages. None where an earlier vflane kept no traces. */
export function failoverPackets(result: FailoverResult, at: number): readonly Chart[] {
  const phases = shownPhases(result.phases);
  if (phases.length === 0) return [];
  const rounds = new Set(result.phases.map(({ round }) => round)).size;
  const which = rounds > mostRounds ? ` Of ${rounds} rounds the ${mostRounds} with the longest outages.` : '';
  return [
    {
      name: `failover-${at + 1}-packets`,
      title: `What arrived, on ${result.host}: ${result.how}, between ${result.between.join(' and ')}`,
      says: `Datagrams a second that arrived in each direction around each change, ${1000 / result.intervalMs} a second having been sent; the lines are when a port changed, and when the bond or the card said where the traffic goes.${which}`,
      height: headHeight + phases.length * panelHeight,
      option: (theme) => optionOf(theme, phases),
    },
  ];
}

function shownPhases(phases: readonly Phase[]): readonly Phase[] {
  const traced = phases.filter(({ ways }) => ways.every(({ trace }) => trace !== undefined));
  const worst = (round: number): number =>
    Math.max(...traced.filter((one) => one.round === round).map(worstOf));
  const rounds = [...new Set(traced.map(({ round }) => round))];
  const shown = rounds.toSorted((a, b) => worst(b) - worst(a)).slice(0, mostRounds);
  return traced.filter(({ round }) => shown.includes(round));
}

function optionOf(theme: Theme, phases: readonly Phase[]) {
  const names = (phases[0]?.ways ?? []).map(({ from, to }) => `${from} to ${to}`);
  const [min, max] = rangeOf(phases);
  return {
    legend: legendOf(theme, names),
    grid: phases.map((_, row) => ({
      left: 70,
      right: 30,
      top: headHeight + 22 + row * panelHeight,
      height: panelHeight - 62,
    })),
    xAxis: phases.map((_, row) =>
      valueAxis(theme, row === phases.length - 1 ? 'ms after the change' : '', {
        ...{ gridIndex: row, min, max, nameLocation: 'middle', nameGap: 24 },
        splitLine: { show: false },
        axisLine: { show: true, lineStyle: { color: theme.line } },
      }),
    ),
    yAxis: phases.map(({ round, phase, port }, row) =>
      valueAxis(theme, `round ${round}: ${port} ${titles[phase]}`, {
        ...{ gridIndex: row, min: 0, splitNumber: 2 },
        nameTextStyle: { color: theme.text, fontSize: 12.5, align: 'left', padding: [0, 0, 0, -60] },
      }),
    ),
    series: phases.flatMap((phase, row) =>
      phase.ways.map(({ trace }, way) => ({
        ...{ type: 'line', name: names[way], xAxisIndex: row, yAxisIndex: row, step: 'end' },
        ...{ showSymbol: false, silent: true, clip: true },
        lineStyle: { width: 1.4, color: colourOf(theme, way) },
        areaStyle: { color: colourOf(theme, way), opacity: 0.16 },
        itemStyle: { color: colourOf(theme, way) },
        data: trace === undefined ? [] : pointsOf(trace),
        ...(way === 0 && { markLine: marksOf(theme, phase, max) }),
      })),
    ),
  };
}

/** Of all panels alike, so that one is held against the other. */
function rangeOf(phases: readonly Phase[]): readonly [number, number] {
  const ends = phases.flatMap(({ ways, said }) => [
    ...ways.map((way) => way.atMs + way.outageMs),
    ...said.map(({ atMs }) => atMs),
  ]);
  const starts = phases.flatMap(({ ways }) => ways.map(({ trace }) => trace?.fromMs ?? 0));
  return [Math.min(0, ...starts), roundedUp(Math.max(100, ...ends) + 300)];
}

function pointsOf({ fromMs, stepMs, arrived }: Trace): readonly (readonly [number, number])[] {
  return arrived.map((count, step) => [fromMs + (step + 1) * stepMs, (count * 1000) / stepMs]);
}

/** What was so when the phase began is no news. */
function marksOf(theme: Theme, { phase, said }: Phase, max: number) {
  const news = said.filter(({ what }, n) => said.findIndex((one) => one.what === what) !== n);
  const change = { atMs: 0, text: `the port is ${phase === 'up' ? 'given back' : 'taken away'}` };
  const marks = [change, ...news.map(({ atMs, what, is }) => ({ atMs, text: `${what}: ${is}` }))];
  return {
    symbol: 'none',
    silent: true,
    data: marks.map(({ atMs, text }, n) => ({
      xAxis: atMs,
      lineStyle: { color: theme.text, width: 1.2, type: n === 0 ? 'solid' : 'dashed' },
      label: {
        ...{ show: true, position: 'insideEndTop', rotate: 0, color: theme.text, fontSize: 11 },
        ...{ formatter: text, align: atMs > 0.75 * max ? 'right' : 'left', backgroundColor: theme.paper },
        ...{ padding: [1, 4], distance: [0, 4 + 16 * (n % 3)] },
      },
    })),
  };
}
