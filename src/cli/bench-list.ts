import type { BenchRun } from '../measure/run-record.ts';
import { keptRuns } from './bench-runs.ts';
import type { VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { oneLine } from './one-line.ts';
import { printFindings } from './print-findings.ts';
import { findingsJson } from './validate.ts';

/** Lists the stored benchmarks. */
export const run: VerbHandler = async (context) => {
  const { output } = context;
  const { runs, findings } = keptRuns(context);
  for (const one of runs) output.result(lineOf(one));
  if (runs.length === 0) output.log('nothing is kept yet: vflane bench measures');
  printFindings(findings, {}, output);
  output.json('vflane.bench-list/1', { runs: runs.map(inBrief), findings: findingsJson(findings) });
  return exitCodes.asAsked;
};

function inBrief({
  id,
  state,
  because,
  fabric,
  network,
  suite,
  ends: [from, to],
  forwarding,
  turns,
}: BenchRun) {
  const [a, b] = [from, to].map(({ name, host, datapath }) => ({ name, host, datapath }));
  const what = { id, state: stateOf(state), ...(because && { because }), fabric, network, suite: suite.name };
  return { ...what, from: a, to: b, forwardedBy: forwarding.by, runs: turns.length };
}

/** A run without an end was killed: two never run at the same time. */
function stateOf(state: BenchRun['state']): string {
  return state === 'running' ? 'partial' : state;
}

function lineOf(run: BenchRun): string {
  const [from, to] = run.ends;
  const partial =
    run.state === 'complete' ? '' : `  (partial: ${oneLine(run.because ?? 'it was killed, or goes on')})`;
  return `${run.id}  ${from.datapath}  ${from.name} – ${to.name}  ${run.turns.length} runs${partial}`;
}
