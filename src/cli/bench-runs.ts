import { join } from 'node:path';
import type { BenchRun } from '../measure/run-record.ts';
import { listRuns } from '../measure/run-store.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { VerbContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { fabricPath, stateDir } from './fabric-file.ts';
import { printFindings } from './print-findings.ts';
import { UsageError } from './usage-error.ts';
import { findingsJson } from './validate.ts';

/** Where benchmarks are kept on the operator's side. */
export function benchFolder(context: VerbContext): string {
  return join(stateDir(context, fabricPath(context)), 'bench');
}

export interface Kept {
  readonly runs: readonly BenchRun[];
  readonly findings: readonly Finding[];
}

/** Every run that was kept, the oldest first. */
export function keptRuns(context: VerbContext): Kept {
  const folder = benchFolder(context);
  const { runs, unreadable } = listRuns(folder);
  const findings = unreadable.map(({ id, why }) =>
    finding(
      'VF6056',
      { at: id },
      `${id} cannot be read: ${why}`,
      `Look into ${join(folder, id)}, or remove it.`,
    ),
  );
  return { runs, findings };
}

/**
 * The run with a name: its id, a unique beginning of it, `last`, or `last~1` for the one before; a finding
 * if not as many are stored. @throws UsageError if no run has the name
 */
function runOf(runs: readonly BenchRun[], name: string): BenchRun | Finding {
  const back = /^last(?:~(\d{1,4}))?$/.exec(name);
  if (back) {
    const why = `there is no ${name}: ${runs.length} ${runs.length === 1 ? 'benchmark is' : 'benchmarks are'} kept`;
    return runs.at(-1 - Number(back[1] ?? 0)) ?? finding('VF6057', {}, why, 'Measure: vflane bench');
  }
  const found = runs.filter(({ id }) => id.startsWith(name));
  const exact = found.find(({ id }) => id === name) ?? (found.length === 1 ? found[0] : undefined);
  if (exact) return exact;
  const why =
    found.length === 0
      ? `there is no run ${JSON.stringify(name)}`
      : `${found.length} runs begin with ${name}`;
  throw new UsageError(why, 'See which there are: vflane bench list');
}

/** Does something with the runs of these names, or reports that one of them does not exist. @throws UsageError */
export function withRuns<Code extends number | Promise<number>>(
  context: VerbContext,
  schema: string,
  names: readonly string[],
  work: (...runs: readonly BenchRun[]) => Code,
): Code | number {
  const kept = keptRuns(context);
  const named = names.map((name) => runOf(kept.runs, name));
  const missing = named.filter((one) => 'code' in one);
  if (missing.length === 0) return work(...named.filter((one) => 'id' in one));
  printFindings(missing, {}, context.output);
  context.output.json(schema, { findings: findingsJson(missing) });
  return exitCodes.preconditionsNotMet;
}
