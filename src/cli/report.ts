import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { putFile } from '../host/durable-file.ts';
import type { FailoverResult } from '../measure/failover-result.ts';
import type { IsolationResult } from '../measure/isolation-result.ts';
import type { Report, ReportInput } from '../report/page.ts';
import { keptRuns, runOf } from './bench-runs.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { stateDir } from './fabric-file.ts';
import { printFindings } from './print-findings.ts';
import { UsageError } from './usage-error.ts';
import { findingsJson } from './validate.ts';
import { versionText } from './version-text.ts';

const usualFile = 'vflane-report.html';

/** Everything that was measured, as one page that needs nothing but itself, and its charts as SVG. */
export const run: VerbHandler = async (context, names, options) => {
  const { output, cwd } = context;
  const kept = keptRuns(context);
  const runs =
    names.length === 0 ? kept.runs : names.map((name) => runOf(kept.runs, name)).filter((one) => 'id' in one);
  const made = new Date().toISOString();
  const failovers = keptTests(context, 'failover', isFailover);
  const isolations = keptTests(context, 'isolation', isIsolation);
  const report = await drawn({ runs, failovers, isolations, version: versionText, made });
  const file = resolve(cwd, typeof options.out === 'string' ? options.out : usualFile);
  const svgs = typeof options.svg === 'string' ? await putSvgs(resolve(cwd, options.svg), report) : [];
  await put(file, report.html);
  output.result(
    `${file}: ${counted(runs.length, 'benchmark')}, ${counted(failovers.length, 'failover test')}, ${counted(isolations.length, 'isolation test')}${svgs.length > 0 ? `, and ${counted(svgs.length, 'chart')} beside it` : ''}`,
  );
  printFindings(kept.findings, {}, output);
  output.json('vflane.report/1', {
    file,
    svgs,
    runs: runs.map(({ id }) => id),
    findings: findingsJson(kept.findings),
  });
  return exitCodes.asAsked;
};

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** The charts are a file of their own (build.mjs): a copy of vflane on a host has none. @throws UsageError */
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
    await putFile(file, text);
  } catch (error) {
    throw new UsageError(
      `${file} cannot be written: ${(error as Error).message}`,
      'Name another with --out.',
    );
  }
}

/** What `vflane test` of a kind has kept. One that cannot be read is left out. */
function keptTests<Result>(
  context: VerbContext,
  kind: string,
  isOne: (value: Partial<Result>) => boolean,
): readonly Result[] {
  const folder = join(stateDir(context, context.global.file ?? 'fabric.yaml'), 'tests');
  const names = namesIn(folder).filter((name) => name.includes(`-${kind}-`) && name.endsWith('.json'));
  return names.flatMap((name) => {
    try {
      const result = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Partial<Result>;
      return isOne(result) ? [result as Result] : [];
    } catch {
      return [];
    }
  });
}

function isFailover({ phases, between }: Partial<FailoverResult>): boolean {
  return Array.isArray(phases) && Array.isArray(between);
}

function isIsolation({ cells, attacks, networks, guests, provesNothing }: Partial<IsolationResult>): boolean {
  return [cells, attacks, networks, guests, provesNothing].every(Array.isArray);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
