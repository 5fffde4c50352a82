import { cumulativeStdNormalProbability, median, probit, quantileSorted } from 'simple-statistics';
import { seededRandom } from './seeded-random.ts';

/** A median and its confidence interval, in the unit of the values. */
export interface Median {
  readonly median: number;
  /** Bootstrap interval of 95 %; both ends are the median if there is only one value. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** With fewer values, what lies between them is not an interval. */
const fewestForInterval = 3;

export function hasInterval({ n }: Median): boolean {
  return n >= fewestForInterval;
}

const resamples = 1000;
const outside = 0.05;

/** @throws RangeError without values: there is no median of nothing */
export function medianOf(values: readonly number[]): Median {
  if (values.length === 0) throw new RangeError('a median of no values');
  const medians = bootstrapMedians(values);
  const tail = values.length > 1 ? tailFor(values.length) : outside / 2;
  return {
    median: median([...values]),
    low: quantileSorted(medians, tail),
    high: quantileSorted(medians, 1 - tail),
    n: values.length,
  };
}

/** Medians of samples drawn from the sample, sorted (Efron 1979: what the sample is to the world, they are to the sample). */
function bootstrapMedians(values: readonly number[]): number[] {
  const random = seededRandom(values.length);
  const resample = new Float64Array(values.length);
  const medians = Float64Array.from({ length: resamples }, () => middle(redrawn(resample, values, random)));
  return [...medians.sort()];
}

function redrawn(into: Float64Array, values: readonly number[], random: () => number): Float64Array {
  for (let at = 0; at < into.length; at++) into[at] = values[Math.floor(random() * values.length)] ?? 0;
  return into.sort();
}

/** The library's median would copy the sorted sample a thousand times. */
function middle(values: Float64Array): number {
  const half = values.length / 2;
  return ((values[Math.ceil(half) - 1] ?? 0) + (values[Math.floor(half)] ?? 0)) / 2;
}

/**
 * A resample varies less than a sample does, by (n-1)/n and by what Student's t is wider than the normal law: the
 * expanded percentile interval makes up for both (Hesterberg, The American Statistician 69(4), 2015, section 5.3).
 */
function tailFor(n: number): number {
  return cumulativeStdNormalProbability(-Math.sqrt(n / (n - 1)) * studentT(n - 1));
}

/** The quantile of Student's t that leaves out as much (Abramowitz and Stegun 26.7.5). */
function studentT(degrees: number): number {
  const z = probit(1 - outside / 2);
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}
