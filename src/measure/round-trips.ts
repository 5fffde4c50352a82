import { mean, quantileSorted } from 'simple-statistics';

/** Round trips of one run, one request at a time. Times in microseconds. */
export interface RoundTrips {
  readonly count: number;
  /** Requests without an answer. */
  readonly lost: number;
  readonly meanUs: number;
  /** Percentile → time, from the lowest to the highest. */
  readonly percentiles: readonly (readonly [number, number])[];
}

export const percentilesTold = [0, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100] as const;

/** Undefined where nothing was answered. */
export function roundTripsOf(timesUs: readonly number[], lost: number): RoundTrips | undefined {
  if (timesUs.length === 0) return undefined;
  const sorted = [...timesUs].sort((a, b) => a - b);
  const percentiles = percentilesTold.map(
    (percent) => [percent, tenths(quantileSorted(sorted, percent / 100))] as const,
  );
  return { count: sorted.length, lost, meanUs: tenths(mean(sorted)), percentiles };
}

function tenths(us: number): number {
  return Math.round(us * 10) / 10;
}

/** A line that the asking probe said; undefined where it is none of these. */
export function parseRoundTrips(line: string): RoundTrips | undefined {
  try {
    const { count, lost, meanUs, percentiles } = JSON.parse(line) as Partial<RoundTrips>;
    const numbers = [count, lost, meanUs, ...(percentiles ?? [Number.NaN]).flat()];
    if (!numbers.every((number) => Number.isFinite(number)) || percentiles?.length === 0) return undefined;
    return { count, lost, meanUs, percentiles } as RoundTrips;
  } catch {
    return undefined;
  }
}

export function percentileOf({ percentiles }: RoundTrips, percent: number): number | undefined {
  return percentiles.find(([at]) => at === percent)?.[1];
}
