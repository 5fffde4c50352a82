import type { HostSpec } from '../model/host-spec.ts';
import { type HostState, isUnseen, type Unseen } from '../model/host-state.ts';
import { type Json, sameJson } from '../model/json.ts';
import { type Ledger, type LedgerEntry, ledgerKey } from '../model/ledger.ts';
import { order, resourceOf } from './order.ts';

/** What a host should have, key by key (`resource at`). */
export type Wants = ReadonlyMap<string, Want>;

export interface Want {
  readonly resource: string;
  readonly at: string;
  /** `null`: it must not be there. */
  readonly value: Json;
}

/** A place where the host is not as wanted. */
export interface Difference {
  readonly resource: string;
  readonly at: string;
  readonly have: Json;
  readonly want: Json;
}

/** What was found, key by key; a key that ends in `*` could not be looked at from there on. */
export type Haves = ReadonlyMap<string, Json | Unseen>;

/** What the file wants of a host; and of what vflane put there earlier and the file no longer names, what was there before. */
export function wantsOf(spec: HostSpec, state: HostState, ledger: Ledger): Wants {
  const wants = new Map<string, Want>();
  for (const resource of order) {
    for (const { at, value } of resource.wanted(spec, state)) {
      wants.set(ledgerKey(resource.kind, at), { resource: resource.kind, at, value });
    }
  }
  for (const [key, entry] of ledger.entries) if (!wants.has(key)) addFormer(wants, key, entry);
  return wants;
}

/** Everything of vflane's away: each thing as it was before vflane first touched it. */
export function wantsNothing(ledger: Ledger): Wants {
  const wants = new Map<string, Want>();
  for (const [key, entry] of ledger.entries) addFormer(wants, key, entry);
  return wants;
}

function addFormer(wants: Map<string, Want>, key: string, { resource, at, was }: LedgerEntry): void {
  if (was === null && resourceOf(resource).attribute) return;
  wants.set(key, { resource, at, value: was });
}

export function havesOf(state: HostState): Haves {
  const haves = new Map<string, Json | Unseen>();
  for (const resource of order) {
    for (const { at, value } of resource.there(state)) haves.set(ledgerKey(resource.kind, at), value);
  }
  return haves;
}

/** What is at a place: a value, `null` for nothing, or why it could not be seen. */
export function haveAt(haves: Haves, resource: string, at: string): Json | Unseen {
  const exact = haves.get(ledgerKey(resource, at));
  if (exact !== undefined) return exact;
  const above = at.slice(0, at.indexOf('/') + 1);
  return haves.get(ledgerKey(resource, `${above}*`)) ?? haves.get(ledgerKey(resource, '*')) ?? null;
}

/** Every place where the two are apart, in the order of set-up. A host without any is verified. */
export function differencesOf(wants: Wants, haves: Haves): readonly Difference[] {
  const differences: Difference[] = [];
  for (const { resource, at, value } of wants.values()) {
    const have = haveAt(haves, resource, at);
    if (isUnseen(have) || sameJson(have, value)) continue;
    // A setting that is as wanted as soon as its VF exists is no difference of its own.
    if (have === null && sameJson(value, resourceOf(resource).fresh)) continue;
    differences.push({ resource, at, have, want: value });
  }
  return differences;
}

/** Wanted places that could not be looked at, with the reason: none of them may pass for "as wanted". */
export function unseenOf(wants: Wants, haves: Haves): readonly (Want & Unseen)[] {
  return [...wants.values()].flatMap((want) => {
    const have = haveAt(haves, want.resource, want.at);
    return isUnseen(have) ? [{ ...want, unseen: have.unseen }] : [];
  });
}
