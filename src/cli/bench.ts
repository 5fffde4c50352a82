import { type Begun, begin, surroundingsAfter } from '../measure/begin.ts';
import { runBench } from '../measure/bench.ts';
import { figuresOf } from '../measure/figures.ts';
import { forwardingOf } from '../measure/forwarding.ts';
import { type PairWanted, wantsHosts } from '../measure/pair.ts';
import type { BenchRun } from '../measure/run-record.ts';
import { keepRun } from '../measure/run-store.ts';
import type { SuiteName, SuiteOptions } from '../measure/suite.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { headOf, tableOf } from './bench-lines.ts';
import { mtuLender } from './bench-mtu.ts';
import { pairOf } from './bench-pair.ts';
import { progressLine, runJson, turnJson } from './bench-progress.ts';
import { benchFolder } from './bench-runs.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { type Fleet, withFleet } from './fleet.ts';
import { numberOption } from './number-option.ts';
import { printFindings } from './print-findings.ts';
import { untilInterrupt } from './until-interrupt.ts';
import { findingsJson } from './validate.ts';
import { versionText } from './version-text.ts';

const schema = 'vflane.bench/1';

/** Measures between two guests, and stores the result. */
export const run: VerbHandler = (context, _args, options) => {
  const wanted = wantedOf(options);
  return withFleet(context, schema, async (fleet) => {
    const { signal, done } = untilInterrupt(context.output);
    try {
      return await measure(context, fleet, wanted, signal);
    } finally {
      done();
    }
  });
};

interface Wanted {
  readonly suite: SuiteName;
  readonly pair: PairWanted;
  readonly lengths: SuiteOptions;
  readonly keepMtu: boolean;
  readonly minRate?: number;
  readonly maxPing?: number;
}

/** @throws UsageError */
function wantedOf(options: VerbOptions): Wanted {
  const text = (name: string) => (typeof options[name] === 'string' ? { [name]: options[name] } : {});
  return {
    suite: options.suite === 'seed' ? 'seed' : 'default',
    pair: { ...text('network'), ...text('from'), ...text('to') },
    lengths: {
      ...numberOption(options, 'runs', 1, 1000),
      ...numberOption(options, 'seconds', 1, 600),
      only: Array.isArray(options.only) ? options.only.map(String) : [],
    },
    keepMtu: options.keepMtu === true,
    ...numberOption(options, 'minRate', 0, 10_000),
    ...numberOption(options, 'maxPing', 0, 1e9),
  };
}

async function measure(
  context: VerbContext,
  fleet: Fleet,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<number> {
  const isOfHosts = wantsHosts(wanted.pair);
  const pair = await pairOf(fleet, wanted.pair);
  if ('code' in pair) return refuse(context, fleet, pair.findings, pair.code);
  const { fabric } = fleet;
  // What is inside a VM is the VM's own affair.
  const isInVm = pair.some(({ place }) => place.in === 'vm');
  const begun = await begin({
    fabric,
    pair,
    suite: wanted.suite,
    options: wanted.lengths,
    version: versionText,
    signal,
    // A host's own MTU carries every tunnel: it is left alone.
    ...(wanted.keepMtu || isOfHosts || isInVm ? {} : { lender: mtuLender(fabric, pair) }),
  });
  if (!('bench' in begun)) return refuse(context, fleet, begun);
  return carryOut(context, fleet, begun, wanted);
}

function refuse(
  { output }: VerbContext,
  { sources }: Fleet,
  findings: readonly Finding[],
  code: number = exitCodes.preconditionsNotMet,
): number {
  printFindings(findings, sources, output);
  output.json(schema, { findings: findingsJson(findings) });
  return code;
}

async function carryOut(context: VerbContext, fleet: Fleet, begun: Begun, wanted: Wanted): Promise<number> {
  const { output } = context;
  const { started, suite } = begun.run;
  const keeper = await keepRun(benchFolder(context), new Date(started), suite.name);
  for (const line of headOf({ ...begun.run, id: keeper.id })) output.log(line);
  const ended = await runBench(begun.bench, begun.run, keeper, (told) => {
    output.log(progressLine(told));
    output.stream(schema, turnJson(told));
  });
  const run = await closed(begun, ended.run);
  await keeper.put(run);
  const findings = [
    ...begun.findings,
    ...ended.findings,
    ...partialOf(run),
    ...unprovedOf(begun, run),
    ...crossed(run, wanted),
  ];
  for (const line of tableOf(run, output)) output.result(line);
  printFindings(findings, fleet.sources, output);
  output.log(`kept in ${keeper.folder}`);
  output.stream(schema, { ...runJson(run), findings: findingsJson(findings) });
  return codeOf(run, findings);
}

/** Completes the run with the ends as they are now, as far as they still answer, and with who moved the packets. */
async function closed(begun: Begun, run: BenchRun): Promise<BenchRun> {
  const ends = await surroundingsAfter(begun).catch(() => run.ends);
  return { ...run, ends, forwarding: forwardingOf(begun.roads, run.turns) };
}

function partialOf({ because, id }: BenchRun): readonly Finding[] {
  if (because === undefined) return [];
  return [finding('VF6051', {}, `${id} is partial: ${because}`, 'What was measured until then is kept.')];
}

function unprovedOf({ roads }: Begun, { forwarding }: BenchRun): readonly Finding[] {
  if (forwarding.by === 'card' || roads.some((road) => road === 'cpu' || road === 'host')) return [];
  return [finding('VF6052', {}, `labelled as software; ${forwarding.proof}`, 'See why: vflane doctor')];
}

function crossed(run: BenchRun, { minRate, maxPing }: Wanted): readonly Finding[] {
  return figuresOf(run).flatMap(({ key, unit, median: { median } }) => {
    const slow = unit === 'Gb/s' && minRate !== undefined && median < minRate;
    const late = key === 'ping mean' && maxPing !== undefined && median > maxPing;
    if (!slow && !late) return [];
    const limit = slow ? `less than ${minRate}` : `more than ${maxPing}`;
    return [
      finding(
        'VF6054',
        {},
        `${key}: ${median.toPrecision(4)} ${unit} is ${limit} ${unit}`,
        'See what it depends on: vflane bench show',
      ),
    ];
  });
}

function codeOf(run: BenchRun, findings: readonly Finding[]): number {
  if (run.state !== 'complete') return exitCodes.failed;
  return findings.some(({ code }) => code === 'VF6054') ? exitCodes.thresholdCrossed : exitCodes.asAsked;
}
