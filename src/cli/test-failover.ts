import type { CutWay } from '../measure/cut.ts';
import { type Endpoint, nameOf } from '../measure/endpoint.ts';
import { type FailoverEnd, flowing, runFailover } from '../measure/failover.ts';
import { type FailoverResult, summaryOf, worstOf } from '../measure/failover-result.ts';
import { choosePair } from '../measure/pair.ts';
import { type RoadPorts, roadPorts } from '../measure/road-ports.ts';
import { StreamPair } from '../measure/stream-pair.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { mayGoOn } from './carry-out-all.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { durationMs } from './duration.ts';
import { exitCodes } from './exit-codes.ts';
import { ms, phaseLines, summaryLines } from './failover-lines.ts';
import { type Fleet, withFleet } from './fleet.ts';
import { keepTest } from './kept-tests.ts';
import { numberOption } from './number-option.ts';
import { printFindings } from './print-findings.ts';
import { cutterFor } from './test-cutters.ts';
import { refuseTest, type TestGround, type TestHost, testGround, waitingAt } from './test-ends.ts';
import { untilInterrupt } from './until-interrupt.ts';
import { findingsJson } from './validate.ts';

const schema = 'vflane.test-failover/1';

interface Wanted {
  readonly between: readonly string[];
  readonly network?: string;
  readonly how: CutWay;
  readonly times: number;
  /** Between two probes. */
  readonly intervalMs: number;
  readonly maxOutageMs?: number;
}

/** Cuts the port in use under a stream of numbered datagrams, and reports for how long they stayed away. */
export const run: VerbHandler = (context, _args, options) => {
  const wanted = wantedOf(options);
  return withFleet(context, schema, async (fleet) => {
    const ground = await testGround(fleet);
    if ('refused' in ground) return refuseTest(context, fleet, schema, ground);
    const set = setUp(context, ground, wanted);
    if ('code' in set) return refused(context, fleet, [set, ...ground.findings]);
    const { ends, ports, cutter } = set;
    // It cuts the port by a plan of its own.
    const former = cutter.how === 'admin' ? await waitingAt(ends[0].site) : [];
    if (former.length > 0) return refused(context, fleet, former);
    const names = ports.ports.map(({ at }) => at).join(' and ');
    const question = `Take ${names} of ${ends[0].host} away, one after the other, ${wanted.times} times?`;
    if (!(await mayGoOn(context, options, question))) {
      context.output.log('nothing was done');
      return exitCodes.failed;
    }
    return measured(context, fleet, set, wanted);
  });
};

/** @throws UsageError */
function wantedOf(options: VerbOptions): Wanted {
  const { between, network, how, maxOutage, interval } = options;
  const { times = 3 } = numberOption(options, 'times', 1, 1000);
  return {
    between: Array.isArray(between) ? between.map(String) : [],
    ...(typeof network === 'string' ? { network } : {}),
    how: (typeof how === 'string' ? how : 'admin') as CutWay,
    times,
    intervalMs: typeof interval === 'string' ? durationMs('--interval', interval) : 1,
    ...(typeof maxOutage === 'string' ? { maxOutageMs: durationMs('--max-outage', maxOutage) } : {}),
  };
}

interface Set {
  readonly ends: readonly [Endpoint, Endpoint];
  readonly ports: RoadPorts;
  readonly cutter: Exclude<ReturnType<typeof cutterFor>, Finding>;
}

function setUp(context: VerbContext, { endpoints, hosts }: TestGround, wanted: Wanted): Set | Finding {
  const [from, to] = wanted.between;
  const { network } = wanted;
  const ends = choosePair(endpoints, {
    ...(network && { network }),
    ...(from && { from }),
    ...(to && { to }),
  });
  if (ends === undefined || ends[0].host === ends[1].host) {
    const message = 'no two guests that can be measured from are on one network and on two hosts';
    return finding('VF6011', {}, message, 'Name two that are: --between web db, or --network storage.');
  }
  const tested = hosts.get(ends[0].host);
  const ports = tested && roadPorts(ends[0], tested.spec);
  if (tested === undefined || ports === undefined) return onePort(ends[0], tested);
  const cutter = cutterFor(context, wanted.how, tested);
  return 'code' in cutter ? cutter : { ends, ports, cutter };
}

function onePort(end: Endpoint, tested: TestHost | undefined): Finding {
  const taken = (tested?.host.underlay?.functions ?? []).length > 0;
  const message = taken
    ? `${end.host}: DPDK has its ports, and the kernel cannot take one down`
    : `${end.host}: ${nameOf(end)} leaves it by one port only`;
  return finding(
    'VF6011',
    { host: end.host },
    message,
    'Test from a host with two ports: --between A B, A’s host is the one.',
  );
}

function refused(context: VerbContext, fleet: Fleet, findings: readonly Finding[]): number {
  return refuseTest(context, fleet, schema, { refused: findings, code: exitCodes.preconditionsNotMet });
}

async function measured(
  context: VerbContext,
  fleet: Fleet,
  { ends, ports, cutter }: Set,
  wanted: Wanted,
): Promise<number> {
  const { output } = context;
  const { signal, done } = untilInterrupt(output);
  const streams = new StreamPair(ends, wanted.intervalMs * 1000, ports.bond?.name);
  try {
    if (!(await flowing(streams, signal))) return refused(context, fleet, silent(streams));
    const ended = await runFailover({
      ...{ streams, ports, cutter, signal },
      intervalMs: wanted.intervalMs,
      times: wanted.times,
      onPhase: (phase) => {
        for (const line of phaseLines(phase)) output.log(line);
        output.stream(schema, { phase: JSON.parse(JSON.stringify(phase)) });
      },
    });
    return await told(context, fleet, ended, wanted);
  } finally {
    await streams.end();
    done();
  }
}

function silent({ ends, refused: why, vanished }: StreamPair): readonly Finding[] {
  if (why.length > 0) return why;
  const message = `between ${nameOf(ends[0])} and ${nameOf(ends[1])} nothing arrives${vanished ? `: ${vanished}` : ''}`;
  return [finding('VF6012', { host: ends[0].host }, message, 'Look first: vflane verify')];
}

async function told(
  context: VerbContext,
  fleet: Fleet,
  { result, findings }: FailoverEnd,
  wanted: Wanted,
): Promise<number> {
  const { output } = context;
  const all = [...findings, ...findingsAbout(result, wanted.maxOutageMs)];
  for (const line of summaryLines(result, output)) output.result(line);
  printFindings(all, fleet.sources, output);
  output.log(`kept in ${await keepTest(context, 'failover', { schema, ...result })}`);
  const summary = summaryOf(result);
  output.stream(schema, JSON.parse(JSON.stringify({ ...result, summary, findings: findingsJson(all) })));
  if (result.partial !== undefined) return exitCodes.failed;
  return all.some(({ code }) => code === 'VF6013') ? exitCodes.thresholdCrossed : exitCodes.asAsked;
}

function findingsAbout(result: FailoverResult, maxOutageMs: number | undefined): readonly Finding[] {
  const { host, partial, overrun, phases } = result;
  const found: Finding[] = [];
  const report = (code: string, message: string, hint: string) =>
    void found.push(finding(code, { host }, message, hint));
  if (partial !== undefined) report('VF6016', `partial: ${partial}`, 'What was measured until then is kept.');
  const apart = phases.filter(({ ways }) => ways.some(({ agrees }) => !agrees)).length;
  const quieter = 'Measure again on quieter hosts.';
  if (apart > 0)
    report('VF6014', `in ${apart} of ${phases.length} phases loss and arrival do not agree`, quieter);
  const starved = `${overrun} datagrams arrived and were lost by a probe that had no processor`;
  if (overrun > 0) report('VF6017', `${starved}: outages may be none of the network’s`, quieter);
  const worst = Math.max(0, ...phases.map(worstOf));
  const isLost = phases.some(({ ways }) => ways.some(({ over }) => !over));
  if (maxOutageMs !== undefined && (worst > maxOutageMs || isLost)) {
    const away = `${ms(worst)}${isLost ? ' and more' : ''}`;
    const message = `the traffic was away for ${away}; ${ms(maxOutageMs)} are allowed`;
    report('VF6013', message, 'See who noticed, and when: --json.');
  }
  return found;
}
