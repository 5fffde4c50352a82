import type { Allocation } from './host-spec.ts';
import { type Json, sameJson } from './json.ts';

/** What vflane put on a host, folded from its journal. It takes away nothing else. */
export interface Ledger {
  /** Keyed by `resource at`. */
  readonly entries: ReadonlyMap<string, LedgerEntry>;
  readonly allocation: Allocation;
}

export interface LedgerEntry {
  readonly resource: string;
  readonly at: string;
  /** What vflane made of it. */
  readonly value: Json;
  /** What it was before vflane first touched it; `null`: not there. */
  readonly was: Json;
}

/** It was there before vflane came; vflane answers for it without having changed it. */
export function isAdopted({ value, was }: LedgerEntry): boolean {
  return value !== null && sameJson(value, was);
}

export const emptyLedger: Ledger = { entries: new Map(), allocation: {} };

export function ledgerKey(resource: string, at: string): string {
  return `${resource} ${at}`;
}
