import { spawnSync } from 'node:child_process';

/** One measured figure, with its limit and what it is compared with. */
export interface Figure {
  readonly what: string;
  readonly figure: number;
  readonly unit: 's' | '%' | 'MB' | '×' | 'processes' | 'writes' | 'tunnels' | 'findings';
  readonly limit?: { readonly atMost: number } | { readonly atLeast: number };
  /** What it is compared with, in words that include the peer's figure. */
  readonly peer?: string;
  /** A count is the same on every machine; a time is only as reliable as the machine is idle. */
  readonly kind: 'count' | 'time';
  readonly details?: readonly string[];
}

/** Prints a benchmark's figures in the form that run.mjs collects. */
export function tell(figures: readonly Figure[]): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[sorted.length % 2 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/**
 * Runs each in turn (A B C, B C A, …), so that a noisy moment affects all of them and none always follows the same one.
 * Returns the results of each.
 */
export function inTurns<Result>(
  rounds: number,
  contenders: readonly (() => Result)[],
): readonly (readonly Result[])[] {
  const results: Result[][] = contenders.map(() => []);
  for (let turn = 0; turn < rounds * contenders.length; turn++) {
    const place = (turn + Math.floor(turn / contenders.length)) % contenders.length;
    const run = contenders[place];
    if (run) results[place]?.push(run());
  }
  return results;
}

export interface Ended {
  readonly ms: number;
  readonly stdout: string;
}

/** Runs one process to its end. `codes`: the accepted exit codes. */
export function timed(
  argv: readonly string[],
  codes: readonly number[] = [0],
  stdout: 'pipe' | 'ignore' = 'pipe',
): Ended {
  const [program = '', ...words] = argv;
  const start = performance.now();
  const ended = spawnSync(program, words, {
    stdio: ['ignore', stdout, 'pipe'],
    encoding: 'utf8',
    // A plan of 200 hosts is tens of megabytes.
    maxBuffer: 2 ** 29,
  });
  const ms = performance.now() - start;
  if (ended.error || !codes.includes(ended.status ?? -1)) {
    throw new Error(
      `${argv.join(' ')}: ${ended.error?.message ?? `exit code ${ended.status}: ${ended.stderr}`}`,
    );
  }
  return { ms, stdout: ended.stdout ?? '' };
}

/** Median times of the contenders, in milliseconds. */
export function medianTimes(rounds: number, contenders: readonly (() => Ended)[]): readonly number[] {
  return inTurns(rounds, contenders).map((results) => median(results.map(({ ms }) => ms)));
}

export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

export function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
