import { differencesOf } from '../measure/comparable.ts';
import { type Figure, figuresOf } from '../measure/figures.ts';
import type { BenchRun } from '../measure/run-record.ts';
import { type Compared, compareAll, type Pair } from '../measure/verdict.ts';
import { finding } from '../model/catalogue.ts';
import type { Json } from '../model/json.ts';
import { columnsOf, intervalOf, shown } from './bench-lines.ts';
import { withRuns } from './bench-runs.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import type { Output, Style } from './output.ts';
import { printFindings } from './print-findings.ts';
import { findingsJson } from './validate.ts';

const schema = 'vflane.bench-compare/1';

/** Whether the second of two runs is better or worse, or whether that cannot be said. */
export const run: VerbHandler = async (context, names, options) =>
  withRuns(context, schema, names, (...runs) => {
    const [a, b] = runs;
    if (a === undefined || b === undefined) throw new Error('two runs were asked for');
    const differences = differencesOf(a, b);
    const tell = differences.length > 0 && options.force !== true ? refuse : compare;
    return tell(context, a, b, differences);
  });

function refuse({ output }: VerbContext, a: BenchRun, b: BenchRun, differences: readonly string[]): number {
  const hint = 'Measure both in one way, or compare them with --force.';
  const findings = differences.map((one) => finding('VF6055', {}, `they differ in ${one}`, hint));
  printFindings(findings, {}, output);
  output.json(schema, { a: a.id, b: b.id, findings: findingsJson(findings) });
  return exitCodes.preconditionsNotMet;
}

function compare({ output }: VerbContext, a: BenchRun, b: BenchRun, differences: readonly string[]): number {
  const compared = compareAll(pairsOf(a, b));
  for (const line of linesOf(a, b, compared, differences, output)) output.result(line);
  const figures = JSON.parse(JSON.stringify(compared)) as Json;
  output.json(schema, { a: a.id, b: b.id, forced: differences.length > 0, differences, figures });
  return exitCodes.asAsked;
}

function pairsOf(a: BenchRun, b: BenchRun): readonly Pair[] {
  const others = new Map(figuresOf(b).map((figure) => [figure.key, figure]));
  return figuresOf(a).flatMap((figure) => {
    const other = others.get(figure.key);
    return other === undefined ? [] : [pairOf(figure, other)];
  });
}

function pairOf({ key, unit, better, values }: Figure, other: Figure): Pair {
  return { key: `${key}, ${unit}`, a: values, b: other.values, better };
}

const titles = ['figure', 'A', 'B', 'change', 'p', 'effect', 'B is'];
const styles: { readonly [verdict in Compared['verdict']]: Style } = {
  better: 'green',
  worse: 'red',
  'cannot tell': 'dim',
};

function linesOf(
  a: BenchRun,
  b: BenchRun,
  compared: readonly Compared[],
  differences: readonly string[],
  { paint }: Output,
): readonly string[] {
  const rows = columnsOf([titles, ...compared.map(cellsOf)]);
  const mark = differences.length > 0 ? '  [forced]' : '';
  return [
    ...[
      `A: ${nameOf(a)}`,
      `B: ${nameOf(b)}`,
      ...differences.map((one) => `forced, though they differ in ${one}`),
      '',
    ],
    paint('bold', rows[0] ?? ''),
    ...compared.map(({ verdict, because }, at) => {
      const why = because === '' ? '' : ` (${because})`;
      return `${rows[at + 1]}  ${paint(styles[verdict], verdict)}${why}${mark}`;
    }),
    ...(compared.length === 0 ? ['they have no figure in common'] : []),
  ];
}

function nameOf({ id, ends: [{ datapath }], state }: BenchRun): string {
  return `${id}, ${datapath}${state === 'complete' ? '' : ', partial'}`;
}

function cellsOf({ key, a, b, change, adjustedP, delta }: Compared): readonly string[] {
  const sign = change > 0 ? '+' : '';
  const interval = (median: Compared['a']) => `${shown(median.median)} (${intervalOf(median)})`;
  return [
    key,
    interval(a),
    interval(b),
    `${sign}${(100 * change).toFixed(1)} %`,
    adjustedP.toFixed(3),
    delta.toFixed(2),
  ];
}
