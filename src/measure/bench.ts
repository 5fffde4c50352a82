import type { Finding } from '../model/finding.ts';
import type { BenchRun, Turn } from './run-record.ts';
import type { RunKeeper } from './run-store.ts';
import { type Cell, cellName, expectedMs, turnsOf } from './suite.ts';
import { type Bench, doTurn, said } from './turn.ts';

/** What happens, for whoever watches. */
export interface TurnTold {
  readonly turn: Turn;
  /** From 1. */
  readonly n: number;
  readonly of: number;
  readonly elapsedMs: number;
  /** Of the whole, as far as can be told. */
  readonly expectedMs: number;
}

/** What came of it all. */
export interface BenchEnded {
  readonly run: BenchRun;
  readonly findings: readonly Finding[];
}

/** Failures in a row after which it is no use to go on. */
const mostFailures = 3;

/** Runs a suite, and keeps each turn as soon as it is over. It never throws away what was measured: a run that ends early is partial. */
export async function runBench(
  bench: Bench,
  begun: BenchRun,
  keeper: RunKeeper,
  tell: (told: TurnTold) => void,
): Promise<BenchEnded> {
  const turns: Turn[] = [];
  const findings: Finding[] = [];
  const planned = turnsOf(bench.suite);
  const expected = planned.reduce((sum, { cell }) => sum + expectedMs(cell, bench.suite), warmUpMs(bench));
  const startedAt = performance.now();
  let because: string | undefined;
  await keeper.put(begun);
  await warmUp(bench);
  for (const { cell, run } of planned) {
    if (bench.signal.aborted) because = 'stopped by the operator';
    else if (hopeless(turns)) because = `the last ${mostFailures} runs failed: ${turns.at(-1)?.failed}`;
    if (because !== undefined) break;
    const done = await doTurn(bench, cell, run);
    // What was cut short by Ctrl-C says nothing.
    if (bench.signal.aborted && done.turn.failed !== undefined) continue;
    const raw = done.raw === '' ? {} : { raw: await keeper.putRaw(rawName(cell, run), done.raw) };
    turns.push({ ...done.turn, ...raw });
    findings.push(...done.findings);
    await keeper.put({ ...begun, turns: [...turns] });
    const elapsedMs = performance.now() - startedAt;
    tell({ turn: done.turn, n: turns.length, of: planned.length, elapsedMs, expectedMs: expected });
  }
  because ??= turns.length < planned.length ? 'stopped by the operator' : failuresOf(turns);
  return { run: { ...begun, ...endOf(because), turns }, findings: unique(findings) };
}

function endOf(because: string | undefined): Pick<BenchRun, 'state' | 'because' | 'ended'> {
  const ended = new Date().toISOString();
  return because === undefined ? { state: 'complete', ended } : { state: 'partial', because, ended };
}

function hopeless(turns: readonly Turn[]): boolean {
  const last = turns.slice(-mostFailures);
  return last.length === mostFailures && last.every(({ failed }) => failed !== undefined);
}

function failuresOf(turns: readonly Turn[]): string | undefined {
  const failed = turns.filter((turn) => turn.failed !== undefined);
  return failed.length === 0
    ? undefined
    : `${failed.length} of ${turns.length} runs failed: ${failed[0]?.failed}`;
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Map(findings.map((finding) => [`${finding.code} ${finding.message}`, finding]));
  return [...seen.values()];
}

/** `9000-2-both.1`. */
function rawName(cell: Cell, run: number): string {
  return `${cellName(cell).replaceAll(/[ /]/g, '-')}.${run}`;
}

/** A flood of 10000 takes less than a second on a card; a slow road is warm by then, too. */
const longestWarmUpMs = 3_000;

function warmUpMs({ suite }: Bench): number {
  return suite.cells.some(({ kind }) => kind === 'flood-ping') ? 1_000 : longestWarmUpMs / 2;
}

/** The first packets set the flows up; the seed's author throws one flood away for it. What goes wrong here is told by the first turn. */
async function warmUp(bench: Bench): Promise<void> {
  const flood = { name: 'ping', to: bench.ends[1].address, count: 10_000, flood: true, quiet: true } as const;
  await said(bench, flood, longestWarmUpMs, 0).catch(() => undefined);
}
