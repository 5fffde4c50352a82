import { type FailoverResult, newsIn, type Phase, worstOf } from '../measure/failover-result.ts';
import type { Trace } from '../measure/trace.ts';
import { type Chart, legendOf, valueAxis } from './chart.ts';
import { colourOf, type Theme } from './theme.ts';

const titles = {
  down: 'taken away',
  up: 'given back',
  back: 'taken away to move the traffic back',
} as const;
const mostRounds = 3;
const panelHeight = 188;
const headHeight = 44;

/** Datagrams arriving around each change, in the rounds with the longest outages; none if an older vflane kept no traces. */
export function failoverPackets(result: FailoverResult, at: number): readonly Chart[] {
  const phases = shownPhases(result.phases);
  if (phases.length === 0) return [];
  const rounds = new Set(result.phases.map(({ round }) => round)).size;
  const which = rounds > mostRounds ? ` Of ${rounds} rounds the ${mostRounds} with the longest outages.` : '';
  return [
    {
      name: `failover-${at + 1}-packets`,
      title: `What arrived, on ${result.host}: ${result.how}, between ${result.between.join(' and ')}`,
      says: `How many of a hundred datagrams arrived, of ${1000 / result.intervalMs} sent a second in each direction around each change. The lines mark when the command was given and when it was done, and when the bond or the card reported another active port.${which}`,
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
  return {
    legend: legendOf(theme, names),
    grid: phases.map((_, row) => ({
      ...{ left: 70, right: 30, top: headHeight + 56 + row * panelHeight, height: panelHeight - 94 },
    })),
    xAxis: phases.map((phase, row) => {
      const [min, max] = windowOf(phase);
      return valueAxis(theme, row === phases.length - 1 ? 'ms after the command' : '', {
        ...{ gridIndex: row, min, max, nameLocation: 'middle', nameGap: 24 },
        splitLine: { show: false },
        axisLabel: { color: theme.faint, fontSize: 12, showMinLabel: false },
        axisLine: { show: true, lineStyle: { color: theme.line } },
      });
    }),
    yAxis: phases.map(({ round, phase, port }, row) =>
      valueAxis(theme, `round ${round}: ${port} ${titles[phase]}`, {
        ...{ gridIndex: row, min: 0, max: 100, interval: 50, nameGap: 34 },
        axisLine: { show: false, onZero: false },
        nameTextStyle: { color: theme.text, fontSize: 12.5, align: 'left', padding: [0, 0, 0, -60] },
      }),
    ),
    series: phases.flatMap((phase, row) =>
      phase.ways.map(({ trace }, way) => ({
        ...{ type: 'line', name: names[way], xAxisIndex: row, yAxisIndex: row, step: 'start' },
        ...{ showSymbol: false, silent: true, clip: true },
        lineStyle: { width: 1.4, color: colourOf(theme, way) },
        areaStyle: { color: colourOf(theme, way), opacity: 0.16 },
        itemStyle: { color: colourOf(theme, way) },
        data: trace === undefined ? [] : pointsOf(trace),
        ...(way === 0 && { markLine: marksOf(theme, phase) }),
      })),
    ),
  };
}

const [beforeMs, afterMs] = [300, 700];
/** A message up to this long after the change is shown. */
const newsMs = 2_000;

/** Around the outage, or around the change if there is none. */
function windowOf({ ways, said, doneMs = 0 }: Phase): readonly [number, number] {
  const outages = ways.filter(({ outageMs }) => outageMs > 0);
  if (outages.length === 0) return [-beforeMs, Math.ceil(doneMs / 100) * 100 + afterMs];
  const first = Math.min(...outages.map(({ atMs }) => atMs));
  const last = Math.max(...outages.map(({ atMs, outageMs }) => atMs + outageMs));
  const news = said.map(({ atMs }) => atMs).filter((atMs) => atMs > first && atMs < last + newsMs);
  const whole = (ms: number): number => Math.round(ms / 100) * 100;
  return [whole(first - beforeMs), whole(Math.max(last, ...news) + afterMs)];
}

/** Without datagrams sent, nothing is known. */
function pointsOf({ fromMs, stepMs, sent, arrived }: Trace): readonly (readonly [number, number | null])[] {
  return sent.map((count, step) => [
    fromMs + step * stepMs,
    count === 0 ? null : (100 * (arrived[step] ?? 0)) / count,
  ]);
}

function marksOf(theme: Theme, phase: Phase) {
  const { doneMs } = phase;
  const [min, max] = windowOf(phase);
  const marks = [
    { atMs: 0, text: 'command' },
    ...(doneMs === undefined
      ? []
      : [{ atMs: doneMs, text: phase.phase === 'up' ? 'given back' : 'taken away' }]),
    ...newsIn(phase).map(({ atMs, what, is }) => ({ atMs, text: `${what}: ${is}` })),
  ].filter(({ atMs }) => atMs >= min && atMs <= max);
  return {
    symbol: 'none',
    silent: true,
    data: marks.map(({ atMs, text }, n) => ({
      xAxis: atMs,
      lineStyle: { color: theme.text, width: 1.2, type: 'dashed' },
      label: {
        ...{ show: true, position: 'end', rotate: 0, color: theme.text, fontSize: 11, formatter: text },
        ...{ align: (atMs - min) / (max - min) > 0.8 ? 'right' : 'left', distance: 3 + 12 * (n % 2) },
      },
    })),
  };
}
