import { median, permutationTest } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { rankTest } from './mann-whitney.ts';
import { medianOf } from './median.ts';
import { seededRandom } from './seeded-random.ts';
import { compareAll, holm } from './verdict.ts';

const random = seededRandom(20260101);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const sample = (n: number, draw: () => number) => Array.from({ length: n }, draw);

describe('the median', () => {
  test('is the library’s, and within its interval', () => {
    for (const n of [1, 2, 3, 6, 10, 11]) {
      const values = sample(n, normal);
      const { median: mine, low, high } = medianOf(values);
      expect(mine).toBe(median(values));
      expect(low).toBeLessThanOrEqual(mine);
      expect(high).toBeGreaterThanOrEqual(mine);
      expect([low, high].every((end) => end >= Math.min(...values) && end <= Math.max(...values))).toBe(true);
    }
  });

  test('is the same interval for the same values', () => {
    expect(medianOf([3, 1, 2, 5, 4])).toEqual(medianOf([3, 1, 2, 5, 4]));
  });

  test('of nothing is none', () => expect(() => medianOf([])).toThrow(RangeError));
});

describe('the rank test', () => {
  // Tables of Mann and Whitney 1947: U = 23 of 10 and 10 is the last that is significant at 5 % on both sides.
  test.each([
    [[1, 2, 3], [4, 5, 6], 0, 0.1],
    [[1, 2, 3, 4], [5, 6, 7, 8], 0, 2 / 70],
    [[1, 2, 3], [1, 2, 3], 4.5, 1],
    [[1, 1, 1], [1, 1, 1], 4.5, 1],
    [[19, 22, 16, 29, 24], [20, 11, 17, 12], 17, 0.1111111],
  ])('%j against %j', (a, b, u, p) => {
    const test = rankTest(a, b);
    expect(test.u).toBe(u);
    expect(test.p).toBeCloseTo(p, 6);
    expect(test.delta).toBeCloseTo((2 * u) / (a.length * b.length) - 1, 12);
  });

  test('turned round it is the same distance the other way', () => {
    const [a, b] = [sample(8, normal), sample(12, normal)];
    expect(rankTest(b, a).p).toBeCloseTo(rankTest(a, b).p, 12);
    expect(rankTest(b, a).delta).toBeCloseTo(-rankTest(a, b).delta, 12);
  });

  // On ranks the permutation test of the means is this test; above sixty values ours is the normal law.
  test.each([10, 35])('of %i and as many values agrees with the library’s permutation test', (n) => {
    const [a, b] = [sample(n, normal), sample(n, () => normal() + 0.5)];
    const ranks = [...a, ...b].map((value) => [...a, ...b].filter((other) => other <= value).length);
    const p = permutationTest(ranks.slice(0, n), ranks.slice(n), 'two_side', 5_000, random);
    expect(Math.abs(rankTest(a, b).p - p)).toBeLessThan(0.03);
  });
});

test('Holm’s correction is that of R’s p.adjust', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  expect(adjusted.map((p) => Math.round(p * 1e6) / 1e6)).toEqual([0.03, 0.06, 0.06, 0.02]);
});

describe('two runs', () => {
  const pair = (a: readonly number[], b: readonly number[], better: 'more' | 'less' = 'more') =>
    compareAll([{ key: 'x', a, b, better }])[0];
  const around = (middle: number) => sample(10, () => middle * (1 + 0.01 * normal()));

  test('more throughput is better, more latency is worse', () => {
    expect(pair(around(80), around(95))?.verdict).toBe('better');
    expect(pair(around(95), around(80))?.verdict).toBe('worse');
    expect(pair(around(30), around(40), 'less')?.verdict).toBe('worse');
  });

  test('what overlaps is not ranked', () => {
    expect(pair([1, 2, 3, 4, 5], [2, 3, 4, 5, 6])).toMatchObject({
      verdict: 'cannot tell',
      because: 'the intervals overlap',
    });
  });

  test('what is apart and does not matter is not ranked', () => {
    const steady = (middle: number) => sample(10, () => middle + normal() / 1000);
    expect(pair(steady(100), steady(100.5))).toMatchObject({ because: 'less than 1 % apart' });
  });

  test('three runs are too few to tell anything', () => {
    expect(pair([1, 2, 3], [11, 12, 13])?.verdict).toBe('cannot tell');
  });

  test('a figure that only one of them has is left out', () => {
    expect(compareAll([{ key: 'x', a: [], b: [1], better: 'more' }])).toEqual([]);
  });
});
