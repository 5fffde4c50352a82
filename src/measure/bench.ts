import type { Finding } from '../model/finding.ts';
import { type Block, blocksOf } from './blocks.ts';
import { reached, warmUp, warmUpMs } from './reach.ts';
import type { BenchRun, Turn, Unkept } from './run-record.ts';
import type { RunKeeper } from './run-store.ts';
import { type Cell, cellName, expectedMs } from './suite.ts';
import { type Bench, doTurn } from './turn.ts';

/** What happens, for whoever watches. */
export interface TurnTold {
  readonly turn: Turn;
  /** From 1. */
  readonly n: number;
  readonly of: number;
  readonly elapsedMs: number;
  /** Of the whole run, estimated. */
  readonly expectedMs: number;
}

/** The result of the whole run. */
export interface BenchEnded {
  readonly run: BenchRun;
  readonly findings: readonly Finding[];
}

/** A run under way. */
interface Going {
  readonly bench: Bench;
  readonly turns: Turn[];
  readonly findings: Finding[];
  /** Keeps a turn, with what the tool said. */
  readonly keep: (turn: Turn, raw: string) => Promise<void>;
  /** Why the run ends early. */
  because?: string;
}

/** Failures in a row after which going on is pointless. */
const mostFailures = 3;

/** Runs a suite, and keeps each turn as soon as it is over. It never throws away what was measured: a run that ends early is partial. */
export async function runBench(
  bench: Bench,
  unkept: Unkept,
  keeper: RunKeeper,
  tell: (told: TurnTold) => void,
): Promise<BenchEnded> {
  const { schema, ...rest } = unkept;
  const begun: BenchRun = { schema, id: keeper.id, ...rest };
  const blocks = blocksOf(bench.suite, Math.min(...bench.ends.map(({ mtu }) => mtu)));
  const of = blocks.reduce((sum, { turns }) => sum + turns.length, 0);
  const wholeMs = blocks.reduce((sum, block) => sum + blockMs(bench, block), 0);
  const startedAt = performance.now();
  const turns: Turn[] = [];
  const keep = async (turn: Turn, text: string) => {
    const raw = text === '' ? {} : { raw: await keeper.putRaw(rawName(turn.cell, turn.run), text) };
    turns.push({ ...turn, ...raw });
    await keeper.put({ ...begun, turns: [...turns] });
    const elapsedMs = performance.now() - startedAt;
    // A turn that was slower than expected makes the whole longer, not the remaining time.
    const leftMs = wholeMs * (1 - turns.length / of);
    tell({ turn, n: turns.length, of, elapsedMs, expectedMs: Math.max(wholeMs, elapsedMs + leftMs) });
  };
  const going: Going = { bench, turns, findings: [], keep };
  await keeper.put(begun);
  for (const block of blocks) {
    if (going.because === undefined) await doBlock(going, block);
  }
  const because = going.because ?? (turns.length < of ? stopped : failuresOf(turns));
  return { run: { ...begun, ...endOf(because), turns }, findings: unique(going.findings) };
}

const stopped = 'stopped by the operator';

/** With the block's MTU, if it differs from the guests' own, which is restored afterwards. */
async function doBlock(going: Going, block: Block): Promise<void> {
  const { bench, turns, findings } = going;
  const { lender } = bench;
  if (block.mtu === undefined || lender === undefined) return doTurns(going, block);
  const against = await lender.lend(block.mtu, longestMs(bench, block));
  const first = turns.length;
  if (against.length === 0) await doTurns(going, block);
  const left = against.length > 0 ? against : await lender.giveBack();
  findings.push(...left);
  if (left[0] === undefined) return;
  going.because ??= left[0].message;
  // It is unknown which of them still had the MTU.
  for (const [at, turn] of turns.entries()) {
    if (at >= first) turns[at] = { ...turn, failed: turn.failed ?? left[0].message };
  }
}

async function doTurns(going: Going, { turns: planned }: Block): Promise<void> {
  const { bench, turns, findings } = going;
  await reached(bench);
  await warmUp(bench);
  for (const { cell, run } of planned) {
    if (bench.signal.aborted) going.because = stopped;
    else if (hopeless(turns)) going.because = `the last ${mostFailures} runs failed: ${turns.at(-1)?.failed}`;
    if (going.because !== undefined) return;
    const done = await doTurn(bench, cell, run);
    // A turn that was cut short by Ctrl-C says nothing.
    if (bench.signal.aborted && done.turn.failed !== undefined) continue;
    findings.push(...done.findings);
    await going.keep(done.turn, done.raw);
  }
}

/** An estimate, in milliseconds. */
function blockMs(bench: Bench, { turns, mtu }: Block): number {
  const lending = mtu === undefined ? 0 : 2_000;
  return turns.reduce((sum, { cell }) => sum + expectedMs(cell, bench.suite), warmUpMs(bench) + lending);
}

/** Allowance for a turn that is slow to begin or to end, and for whatever comes before the first. */
const slackMs = { turn: 10_000, block: 60_000 } as const;

/** How long the guests may have a block's MTU at most. */
function longestMs(bench: Bench, block: Block): number {
  return blockMs(bench, block) + block.turns.length * slackMs.turn + slackMs.block;
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
