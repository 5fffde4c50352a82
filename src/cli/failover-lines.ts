import type { FailoverResult, Phase, PhaseName, Way } from '../measure/failover-result.ts';
import { newsIn, summaryOf } from '../measure/failover-result.ts';
import { oneLine } from './one-line.ts';
import type { Output } from './output.ts';

const phaseWords: { readonly [phase in PhaseName]: string } = {
  down: 'taken away',
  up: 'given back',
  back: 'taken away to move the traffic back',
};

/** A phase as it ends: a line for it, and one for whoever said something. */
export function phaseLines(one: Phase): readonly string[] {
  const { round, phase, port, ways } = one;
  const heads = [`round ${round}: ${port} ${phaseWords[phase]}: ${ways.map(wayText).join('; ')}`];
  const news = newsIn(one).map(({ atMs, what, is }) => `    after ${Math.round(atMs)} ms ${what}: ${is}`);
  return [...heads, ...news];
}

function wayText({ from, to, outageMs, byArrivalMs, agrees, over, lost, doubtMs }: Way): string {
  const road = `${from} → ${to}`;
  if (outageMs === 0) return `${road} without a gap`;
  const other = agrees ? '' : `, but ${ms(byArrivalMs)} by arrival`;
  const end = over ? '' : ', and not back when it was given up';
  return `${road} ${ms(outageMs)} (±${ms(doubtMs)}, ${lost} lost${other}${end})`;
}

/** Median, worst and n of each phase. */
export function summaryLines(result: FailoverResult, output: Output): readonly string[] {
  const { between, host, chooser, how, intervalMs, partial } = result;
  const head = `${between.join(' ↔ ')}, a port of ${host} by ${how}; who moves the traffic: ${chooser}; a probe every ${intervalMs} ms`;
  const rows = summaryOf(result).map(
    ({ phase, n, medianMs, worstMs }) =>
      `  ${phase.padEnd(6)}median ${ms(medianMs).padStart(9)}   worst ${ms(worstMs).padStart(9)}   n ${n}`,
  );
  const marked = partial === undefined ? [] : [output.paint('yellow', `  partial: ${oneLine(partial)}`)];
  return [output.paint('bold', head), ...rows, ...marked];
}

export function ms(value: number): string {
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`;
}
