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

/** Undefined if nothing was answered. */
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

/** The first ones find a cold path: no ARP entry, no flows. */
const warmUp = 0.2;

/** Parses the output of the asking end (src/operate/trips-program.ts); undefined if it is anything else, or nobody answered. */
export function parseRoundTrips(line: string): RoundTrips | undefined {
  try {
    const { lost, tenths: all } = JSON.parse(line) as { readonly lost?: unknown; readonly tenths?: unknown };
    if (!Number.isSafeInteger(lost) || !Array.isArray(all) || !all.every(Number.isFinite)) return undefined;
    const times = (all as readonly number[]).slice(Math.floor(all.length * warmUp));
    return roundTripsOf(
      times.map((tenth) => tenth / 10),
      Number(lost),
    );
  } catch {
    return undefined;
  }
}

export function percentileOf({ percentiles }: RoundTrips, percent: number): number | undefined {
  return percentiles.find(([at]) => at === percent)?.[1];
}
