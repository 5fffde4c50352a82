/** One direction of a stream, by the numbers of its datagrams. */
export interface Direction {
  /** When each was sent, in microseconds of the sender's clock; -1: never. */
  readonly sent: readonly number[];
  /** When it arrived, in microseconds of the receiver's clock; a hole: not yet, or never. */
  readonly got: readonly (number | undefined)[];
}

/** A time in which nothing arrived. Its two lengths come from different clocks and different events, and have to agree. */
export interface Outage {
  /** When it began and ended, in microseconds of the sender's clock. */
  readonly fromUs: number;
  readonly toUs: number;
  /** By which datagrams were lost, and when they were sent. */
  readonly lossUs: number;
  /** By when the last one before it and the first one after it arrived. */
  readonly arrivalUs: number;
  readonly lost: number;
  /** How much longer or shorter it may have been: it began and ended somewhere between two datagrams. */
  readonly doubtUs: number;
  /** Whether both lengths agree: if not, datagrams were held back and came late, or a probe was stalled. */
  readonly agrees: boolean;
  /** False if nothing has arrived since. */
  readonly over: boolean;
}

/** Fewer arrivals than this between losses do not count as service. */
const islandProbes = 10;
/** Fewer losses than this happen in any network at times. */
const fewestLost = 3;
/** Two lengths of one outage agree within this time or share, or within their uncertainty. */
const agreeUs = 10_000;
const agreeShare = 0.05;

/**
 * Every outage of a direction, among the datagrams sent from `fromUs` to `toUs` of the sender's clock.
 * What is still on its way at `toUs` has to be left out by the caller.
 */
export function outagesIn(direction: Direction, fromUs: number, toUs: number): readonly Outage[] {
  const sentIn = numbersIn(direction, fromUs, toUs);
  const runs = lostRuns(direction, sentIn);
  return runs.filter((run) => run.lost >= fewestLost).map((run) => outageOf(direction, sentIn, run));
}

function numbersIn({ sent }: Direction, fromUs: number, toUs: number): readonly number[] {
  const numbers: number[] = [];
  for (let n = 0; n < sent.length; n++) {
    const at = sent[n] ?? -1;
    if (at >= fromUs && at <= toUs) numbers.push(n);
  }
  return numbers;
}

/** From the first lost to the last, as places in the list of numbers. */
interface Run {
  readonly first: number;
  last: number;
  lost: number;
}

function lostRuns({ got }: Direction, numbers: readonly number[]): readonly Run[] {
  const runs: Run[] = [];
  for (const [place, n] of numbers.entries()) {
    if (got[n] !== undefined) continue;
    const last = runs.at(-1);
    if (last !== undefined && place - last.last <= islandProbes) {
      last.last = place;
      last.lost += 1;
    } else runs.push({ first: place, last: place, lost: 1 });
  }
  return runs;
}

function outageOf(direction: Direction, numbers: readonly number[], { first, last, lost }: Run): Outage {
  const at = (place: number): number | undefined => {
    const n = numbers[place];
    return n === undefined ? undefined : direction.sent[n];
  };
  const firstLost = at(first) ?? 0;
  const lastLost = at(last) ?? firstLost;
  const before = at(first - 1) ?? firstLost;
  const after = at(last + 1) ?? lastLost;
  const [fromUs, toUs] = [(before + firstLost) / 2, (lastLost + after) / 2];
  const doubtUs = (firstLost - before + after - lastLost) / 2;
  const lossUs = toUs - fromUs;
  const arrivalUs = arrivalGap(direction, numbers[first - 1], numbers[last + 1], doubtUs) ?? lossUs;
  return {
    ...{ fromUs, toUs, lossUs, arrivalUs, lost, doubtUs },
    agrees: Math.abs(lossUs - arrivalUs) <= Math.max(agreeUs, agreeShare * lossUs, doubtUs),
    over: numbers[last + 1] !== undefined,
  };
}

function arrivalGap(
  { got }: Direction,
  before: number | undefined,
  after: number | undefined,
  doubtUs: number,
): number | undefined {
  const [from, to] = [before, after].map((n) => (n === undefined ? undefined : got[n]));
  return from === undefined || to === undefined ? undefined : to - from - doubtUs;
}

/** The longest time for which datagrams were held back by something and then arrived, none of them lost, in microseconds. */
export function longestHold({ sent, got }: Direction, fromUs: number, toUs: number): number {
  let [longest, last] = [0, -1];
  for (const n of numbersIn({ sent, got }, fromUs, toUs)) {
    if (got[n] === undefined) last = -1;
    else {
      if (last >= 0) longest = Math.max(longest, heldBetween({ sent, got }, last, n));
      last = n;
    }
  }
  return longest;
}

/** A stalled sender has sent nothing that could have arrived. */
function heldBetween({ sent, got }: Direction, a: number, b: number): number {
  return (got[b] ?? 0) - (got[a] ?? 0) - ((sent[b] ?? 0) - (sent[a] ?? 0));
}
