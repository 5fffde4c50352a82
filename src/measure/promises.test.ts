import { median } from 'simple-statistics';
import { expect, test } from 'vitest';
import { medianOf } from './median.ts';
import { seededRandom } from './seeded-random.ts';
import { defaultRuns } from './suite.ts';
import { compareAll } from './verdict.ts';

/** iperf3 over a link shaped to 200 Mb/s, on a machine that others load: throughput over what the link could carry. */
const recorded = [
  0.9618, 0.9753, 0.9672, 0.9813, 0.9924, 0.9944, 0.9859, 0.9689, 0.9851, 0.9914, 0.9865, 0.9848, 0.9907,
  0.9651, 0.9878, 0.9895, 0.9954, 0.9957, 0.9931, 0.9887, 0.9875, 0.9847, 0.991, 0.9864, 0.988, 0.9954,
  0.9887, 0.9884, 0.979, 0.9881, 0.9811, 0.9927, 0.993, 0.9894, 0.9912, 0.9891, 0.9793, 0.9873, 0.9915,
  0.9883,
];
const middle = median(recorded);
const random = seededRandom(20260101);

/** A figure whose true median is known; three times as noisy as it was recorded, because cards are not shaped. */
function draw(truth: number): number {
  const noise = (recorded[Math.floor(random() * recorded.length)] ?? middle) / middle - 1;
  // A little of its own each time: without it the same forty values would tie.
  return truth * (1 + 3 * noise + 0.005 * (random() - 0.5));
}

const runs = (truth: number) => Array.from({ length: defaultRuns }, () => draw(truth));

function share(what: string, times: number, holds: () => boolean): number {
  const held = Array.from({ length: times }, holds).filter((it) => it).length;
  console.log(`${what}: ${held} of ${times}`);
  return held / times;
}

test('the interval covers the truth in at least 93 of 100', () => {
  const covered = share('the interval covers the truth', 300, () => {
    const { low, high } = medianOf(runs(80));
    return low <= 80 && 80 <= high;
  });
  expect(covered).toBeGreaterThanOrEqual(0.93);
});

const figures = ['1500/2', '9000/2', '9000/6', 'ping'];
const setUps = (truth: number) =>
  compareAll(figures.map((key) => ({ key, a: runs(80), b: runs(truth), better: 'more' })));

test('two equal set-ups are called different in at most 5 of 100', () => {
  const called = share('equal set-ups called different', 100, () =>
    setUps(80).some(({ verdict }) => verdict !== 'cannot tell'),
  );
  expect(called).toBeLessThanOrEqual(0.05);
});

test('a true difference of 10 % is found in at least 90 of 100, in every figure', () => {
  const found = share('a difference of 10 % found', 60, () =>
    setUps(88).every(({ verdict }) => verdict === 'better'),
  );
  expect(found).toBeGreaterThanOrEqual(0.9);
});
