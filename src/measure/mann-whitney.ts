import { cumulativeStdNormalProbability, wilcoxonRankSum } from 'simple-statistics';

/** How two samples compare. */
export interface RankTest {
  /** How often a value of the first is above one of the second; ties count half. */
  readonly u: number;
  /** Two-sided: how likely two samples of the same thing are to lie at least as far apart. */
  readonly p: number;
  /** Cliff's delta, -1…1: 1 if every value of the first is above every one of the second. */
  readonly delta: number;
}

/** Above it, exact counting would take too long, and the normal approximation is good enough. */
const exactUpTo = 60;

/** Mann-Whitney U, exact even with ties. @throws RangeError if a sample is empty */
export function rankTest(first: readonly number[], second: readonly number[]): RankTest {
  if (first.length === 0 || second.length === 0) throw new RangeError('a rank test of an empty sample');
  const pairs = first.length * second.length;
  const u = wilcoxonRankSum([...first], [...second]) - (first.length * (first.length + 1)) / 2;
  const ranks = doubledRanks([...first, ...second]);
  const p = ranks.length <= exactUpTo ? exactP(u, first.length, ranks) : normalP(u, first.length, ranks);
  return { u, p, delta: (2 * u) / pairs - 1 };
}

/** Twice the mean rank of each value, so that ties have integer ranks, too. Sorted by value. */
function doubledRanks(values: readonly number[]): readonly number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.map((value) => sorted.indexOf(value) + sorted.lastIndexOf(value) + 2);
}

/** Counts every way to choose the first sample out of all values by the sum of its ranks. */
function exactP(u: number, size: number, ranks: readonly number[]): number {
  const most = ranks.reduce((sum, rank) => sum + rank, 0);
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(most + 1));
  ways[0]?.fill(1, 0, 1);
  ranks.forEach((rank, at) => {
    for (let chosen = Math.min(size, at + 1); chosen > 0; chosen--) addShifted(ways, chosen, rank);
  });
  return shareAsFar(ways[size] ?? new Float64Array(), size * (ranks.length + 1), sumOf(u, size));
}

function addShifted(ways: readonly Float64Array[], chosen: number, rank: number): void {
  const [to, from] = [ways[chosen], ways[chosen - 1]];
  if (to === undefined || from === undefined) return;
  for (let sum = to.length - 1; sum >= rank; sum--) to[sum] = (to[sum] ?? 0) + (from[sum - rank] ?? 0);
}

/** The doubled rank sum that a U stands for. */
function sumOf(u: number, size: number): number {
  return Math.round(2 * u + size * (size + 1));
}

function shareAsFar(ways: Float64Array, middle: number, sum: number): number {
  const far = Math.abs(sum - middle);
  let all = 0;
  let asFar = 0;
  ways.forEach((count, at) => {
    all += count;
    if (Math.abs(at - middle) >= far) asFar += count;
  });
  return asFar / all;
}

/** With the correction for ties and the continuity correction of half a rank. */
function normalP(u: number, size: number, ranks: readonly number[]): number {
  const [other, all] = [ranks.length - size, ranks.length];
  const tied = [...counts(ranks)].reduce((sum, count) => sum + count ** 3 - count, 0);
  const variance = ((size * other) / 12) * (all + 1 - tied / (all * (all - 1)));
  if (variance === 0) return 1;
  const z = Math.max(0, Math.abs(u - (size * other) / 2) - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * (1 - cumulativeStdNormalProbability(z)));
}

function counts(values: readonly number[]): Iterable<number> {
  const seen = new Map<number, number>();
  for (const value of values) seen.set(value, (seen.get(value) ?? 0) + 1);
  return seen.values();
}
