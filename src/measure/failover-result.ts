import type { CutWay } from './cut.ts';
import type { Trace } from './trace.ts';

/** `down`: the port in use is cut off; `up`: it is restored; `back`: the traffic is brought back to it. */
export type PhaseName = 'down' | 'up' | 'back';

/** The traffic from one guest to the other in one phase. Milliseconds. */
export interface Way {
  readonly from: string;
  readonly to: string;
  /** The longest outage, by what was lost; 0 for none. */
  readonly outageMs: number;
  /** The same, by when the datagrams around it arrived. */
  readonly byArrivalMs: number;
  /** After the phase began. */
  readonly atMs: number;
  readonly lost: number;
  /** How much longer or shorter it may have been. */
  readonly doubtMs: number;
  readonly agrees: boolean;
  /** False if the traffic had not come back when waiting was given up. */
  readonly over: boolean;
  readonly outages: number;
  /** Absent in results of earlier versions. */
  readonly trace?: Trace;
}

/** What a bond or the card reported, and when: milliseconds after the phase began. */
export interface Said {
  readonly atMs: number;
  readonly what: 'active port' | 'lag/mapping';
  readonly is: string;
}

export interface Phase {
  /** From 1. */
  readonly round: number;
  readonly phase: PhaseName;
  readonly port: string;
  /** When the requested change had been made, in milliseconds after the phase began; it took effect before that. Absent in results of earlier versions. */
  readonly doneMs?: number;
  readonly ways: readonly Way[];
  readonly said: readonly Said[];
}

export interface FailoverResult {
  readonly how: CutWay;
  readonly host: string;
  readonly between: readonly [string, string];
  readonly chooser: string;
  readonly intervalMs: number;
  readonly phases: readonly Phase[];
  /** Datagrams that arrived but were lost by a probe that got no processor time: with any, an outage may not be the network’s. */
  readonly overrun: number;
  /** Why it ended early. */
  readonly partial?: string;
}

/** The reports of what was not yet so when the phase began. */
export function newsIn({ said }: Phase): readonly Said[] {
  return said.filter(({ what }, n) => said.findIndex((one) => one.what === what) !== n);
}

export interface PhaseSummary {
  readonly phase: PhaseName;
  readonly n: number;
  readonly medianMs: number;
  readonly worstMs: number;
}

/** A summary of each phase that took place: the outage of a round is that of its worse direction. */
export function summaryOf({ phases }: FailoverResult): readonly PhaseSummary[] {
  return (['down', 'up', 'back'] as const).flatMap((phase) => {
    const rounds = phases
      .filter((one) => one.phase === phase)
      .map(worstOf)
      .toSorted((a, b) => a - b);
    if (rounds.length === 0) return [];
    return [{ phase, n: rounds.length, medianMs: median(rounds), worstMs: rounds.at(-1) ?? 0 }];
  });
}

export function worstOf({ ways }: Phase): number {
  return Math.max(0, ...ways.map(({ outageMs }) => outageMs));
}

function median(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
