import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { BenchRun } from '../measure/run-record.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { Report, ReportInput } from '../report/page.ts';
import { keptRuns, withRuns } from './bench-runs.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { keptFailovers, keptIsolations } from './kept-tests.ts';
import { printFindings } from './print-findings.ts';
import { UsageError } from './usage-error.ts';
import { findingsJson } from './validate.ts';
import { versionText } from './version-text.ts';
import { putNamedFile } from './written-file.ts';

const schema = 'vflane.report/1';
const usualFile = 'vflane-report.html';

/** Everything that was measured, as one self-contained page, and its charts as SVG. */
export const run: VerbHandler = async (context, names, options) => {
  const chosen = names.length > 0 ? names : keptRuns(context).runs.map(({ id }) => id);
  return withRuns(context, schema, chosen, (...runs) => draw(context, options, runs));
};

async function draw(context: VerbContext, options: VerbOptions, runs: readonly BenchRun[]): Promise<number> {
  const { output, cwd } = context;
  const made = new Date().toISOString();
  const failovers = keptFailovers(context);
  const isolations = keptIsolations(context);
  const report = await drawn({ runs, failovers, isolations, version: versionText, made });
  const file = resolve(cwd, typeof options.out === 'string' ? options.out : usualFile);
  const svgs = typeof options.svg === 'string' ? await putSvgs(resolve(cwd, options.svg), report) : [];
  await put(file, report.html);
  const { findings: unreadable } = keptRuns(context);
  const findings = [...unreadable, ...nothingYet(runs.length + failovers.length + isolations.length)];
  output.result(
    `${file}: ${counted(runs.length, 'benchmark')}, ${counted(failovers.length, 'failover test')}, ${counted(isolations.length, 'isolation test')}${svgs.length > 0 ? `, and ${counted(svgs.length, 'chart')} beside it` : ''}`,
  );
  printFindings(findings, {}, output);
  output.json(schema, {
    file,
    svgs,
    runs: runs.map(({ id }) => id),
    findings: findingsJson(findings),
  });
  return exitCodes.asAsked;
}

function nothingYet(kept: number): readonly Finding[] {
  if (kept > 0) return [];
  const message = 'nothing was measured yet: the page shows the reference only';
  const hint = 'Measure: vflane bench --suite seed; vflane test failover; vflane test isolation.';
  return [finding('VF6060', {}, message, hint)];
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** The charts' code is a file of its own (build.mjs): a copy of vflane on a host lacks it. @throws UsageError */
async function drawn(input: ReportInput): Promise<Report> {
  try {
    const { reportOf } = await import('../report/page.ts');
    return reportOf(input);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'MODULE_NOT_FOUND') throw error;
    throw new UsageError(
      'this copy of vflane has no charts with it',
      'Make the report where vflane is installed.',
    );
  }
}

async function putSvgs(folder: string, { svgs }: Report): Promise<readonly string[]> {
  const files = [...svgs].map(([name, text]) => [join(folder, name), text] as const);
  for (const [file, text] of files) await put(file, text);
  return files.map(([file]) => file);
}

/** @throws UsageError */
async function put(file: string, text: string): Promise<void> {
  try {
    mkdirSync(dirname(file), { recursive: true });
    await putNamedFile(file, text);
  } catch (error) {
    throw new UsageError(
      `${file} cannot be written: ${(error as Error).message}`,
      'Name another with --out.',
    );
  }
}
