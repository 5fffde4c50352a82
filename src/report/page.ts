import type { FailoverResult } from '../measure/failover-result.ts';
import type { IsolationResult } from '../measure/isolation-result.ts';
import type { BenchRun } from '../measure/run-record.ts';
import { barsChart } from './bars.ts';
import { boxCharts } from './boxes.ts';
import { type Chart, escaped, svgFileOf, svgOf } from './chart.ts';
import { failoverPackets } from './failover-packets.ts';
import { failoverChart } from './failover-trace.ts';
import { isolationSection } from './isolation-table.ts';
import { latencyChart } from './latency.ts';
import { tableRows } from './rows.ts';
import { runSection } from './run-section.ts';
import { seedTable } from './seed-table.ts';
import { style } from './style.ts';
import { dark, light } from './theme.ts';

/** A test's result, and when it was saved. */
type Kept<Result> = Result & { readonly at?: string };

/** Everything that a report is made of. */
export interface ReportInput {
  readonly runs: readonly BenchRun[];
  readonly failovers: readonly Kept<FailoverResult>[];
  readonly isolations: readonly Kept<IsolationResult>[];
  /** For the page's footer. */
  readonly version: string;
  readonly made: string;
}

export interface Report {
  readonly html: string;
  /** File name → SVG. */
  readonly svgs: ReadonlyMap<string, string>;
}

/** One self-contained page, and its charts as files. Without a run it shows the reference. */
export function reportOf(input: ReportInput): Report {
  const { runs, failovers } = input;
  const rows = tableRows(runs);
  const bars = barsChart(rows);
  const boxes = runs.map((run, at) => boxCharts(run, at));
  const latency = latencyChart(runs);
  const failover = failovers.flatMap((result, at) => [
    dated(failoverChart(result, at), result),
    ...failoverPackets(result, at),
  ]);
  const charts = [bars, ...latency, ...failover, ...boxes.flat()];
  const body = [
    head(input),
    `<section><h2>The seed’s table</h2><p>Medians of iperf3 in both directions at once, by MTU and streams, and of a flood ping; under each the share of what TCP can carry at most over that wire. The first lines are the reference, measured by the seed’s author on two ConnectX-5 Ex cards in x8 slots, and not by this installation.</p>${seedTable(rows)}</section>`,
    ...[bars, ...latency, ...failover].map((chart) => `<section>${figure(chart)}</section>`),
    ...input.isolations.map(isolationSection),
    ...runs.map((run, at) => runSection(run, at, (boxes[at] ?? []).map(figure).join(''))),
    `<footer>Made by vflane ${escaped(input.version)} on ${escaped(input.made)}. Intervals are bootstrap intervals of the median; a figure without one was not measured here.</footer>`,
  ];
  return { html: document(body.join('\n')), svgs: filesOf(charts) };
}

function head({ runs, failovers, isolations }: ReportInput): string {
  const counted = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const kept = [
    counted(runs.length, 'benchmark'),
    counted(failovers.length, 'failover test'),
    counted(isolations.length, 'isolation test'),
  ].join(', ');
  const none =
    runs.length === 0
      ? ' No throughput was measured yet: the table and the bars show the reference. <code>vflane bench --suite seed</code> adds to them.'
      : '';
  return `<h1>How fast, and how sure</h1><p>${kept}.${none}</p>`;
}

function dated(chart: Chart, { at }: Kept<object>): Chart {
  return at === undefined ? chart : { ...chart, says: `${chart.says} Tested at ${at}.` };
}

function figure(chart: Chart): string {
  const drawn = (kind: 'light' | 'dark') =>
    `<div class="${kind}-chart" role="img" aria-label="${escaped(chart.says)}">${svgOf(chart, kind === 'light' ? light : dark)}</div>`;
  return `<h2>${escaped(chart.title)}</h2><p>${escaped(chart.says)}</p><div class="scroll">${drawn('light')}${drawn('dark')}</div>`;
}

function document(body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>vflane report</title><style>${style}</style></head>
<body><main>
${body}
</main></body></html>
`;
}

function filesOf(charts: readonly Chart[]): ReadonlyMap<string, string> {
  return new Map(
    charts.flatMap((chart) => [
      [`${chart.name}.svg`, svgFileOf(chart, light)] as const,
      [`${chart.name}-dark.svg`, svgFileOf(chart, dark)] as const,
    ]),
  );
}
