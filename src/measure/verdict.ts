import { type RankTest, rankTest } from './mann-whitney.ts';
import { type Median, medianOf } from './median.ts';

/** The same figure of two runs. */
export interface Pair {
  /** Identifies the pair. */
  readonly key: string;
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly better: 'more' | 'less';
}

export type Verdict = 'better' | 'worse' | 'cannot tell';

/** What B is compared with A. */
export interface Compared extends RankTest {
  readonly key: string;
  readonly a: Median;
  readonly b: Median;
  /** B's median over A's, less 1. */
  readonly change: number;
  /** `p`, corrected for the number of pairs. */
  readonly adjustedP: number;
  readonly verdict: Verdict;
  /** Why there is no verdict; empty if there is one. */
  readonly because: string;
}

/** How often two equal set-ups may be called different, over all pairs together. */
const falseAlarms = 0.05;
/** A difference of the medians that nobody would act on, as a share of A's. */
const leastChange = 0.01;

interface Looked extends Omit<Compared, 'adjustedP' | 'verdict' | 'because'> {
  readonly better: Pair['better'];
}

/** The verdicts on two runs, one for each figure that both have. Pairs without values are left out. */
export function compareAll(pairs: readonly Pair[]): readonly Compared[] {
  const looked = pairs.filter(({ a, b }) => a.length > 0 && b.length > 0).map(lookAt);
  const adjusted = holm(looked.map(({ p }) => p));
  return looked.map((one, at) => judged(one, adjusted[at] ?? 1));
}

function lookAt({ key, a, b, better }: Pair): Looked {
  const [left, right] = [medianOf(a), medianOf(b)];
  const change = right.median / left.median - 1;
  return { key, better, a: left, b: right, change, ...rankTest(b, a) };
}

function judged({ better, ...looked }: Looked, adjustedP: number): Compared {
  const because = reasonNotToTell(looked, adjustedP);
  const verdict = because === '' ? verdictOf(looked.change, better) : 'cannot tell';
  return { ...looked, adjustedP, verdict, because };
}

function verdictOf(change: number, better: Pair['better']): Verdict {
  return change > 0 === (better === 'more') ? 'better' : 'worse';
}

function reasonNotToTell({ a, b, change }: Pick<Looked, 'a' | 'b' | 'change'>, adjustedP: number): string {
  if (!Number.isFinite(change)) return 'one of them measured nothing';
  if (a.low <= b.high && b.low <= a.high) return 'the intervals overlap';
  if (adjustedP >= falseAlarms) return 'too few runs, or too much alike';
  if (Math.abs(change) < leastChange) return `less than ${leastChange * 100} % apart`;
  return '';
}

/** Holm's step-down correction: among twenty figures, one differs by chance. */
export function holm(ps: readonly number[]): readonly number[] {
  const order = ps.map((p, at) => ({ p, at })).sort((left, right) => left.p - right.p);
  const adjusted: number[] = [];
  let highest = 0;
  order.forEach(({ p, at }, rank) => {
    highest = Math.max(highest, Math.min(1, p * (ps.length - rank)));
    adjusted[at] = highest;
  });
  return adjusted;
}
