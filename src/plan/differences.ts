import type { Found } from '../model/found.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { type Json, sameJson } from '../model/json.ts';
import { isAdopted, type Ledger, type LedgerEntry, ledgerKey } from '../model/ledger.ts';
import { isUnseen, type Unseen } from '../model/unseen.ts';
import { type ByPlace, byPlace, ofKind } from './by-place.ts';
import { order, resourceOf } from './order.ts';

/** What a host should have; `null`: it must not be there. */
export type Wants = ByPlace<Json>;

/** What was found; at a place that ends in `*`, why nothing could be seen from there on. */
export type Haves = ByPlace<Json | Unseen>;

/** A place where the host is not as wanted. */
export interface Difference {
  readonly resource: string;
  readonly at: string;
  readonly have: Json;
  readonly want: Json;
}

/** What the file wants of a host; for what vflane put there earlier and the file no longer names, what was there before. */
export function wantsOf(spec: HostSpec, state: HostState, ledger: Ledger): Wants {
  const wants = new Map<string, Map<string, Json>>();
  for (const resource of order) {
    const places = ofKind(wants, resource.kind);
    for (const { at, value } of resource.wanted(spec, state)) places.set(at, value);
  }
  const former = [...ledger.entries.values()].filter(
    ({ resource, at }) => !wants.get(resource)?.has(at) && resourceOf(resource).apart === undefined,
  );
  if (former.length === 0) return withoutFound(wants, spec, state);
  const haves = havesOf(state);
  for (const entry of former) addFormer(wants, entry, haves);
  addGoing(wants, haves);
  const all = grounded(wants, haves);
  return withoutFound(all, spec, state);
}

/** What somebody set up by hand and the file leaves as it is, is neither wanted nor taken back to what it was. */
function withoutFound(wants: Wants, spec: HostSpec, state: HostState): Wants {
  const found = byPlace(leftAsFound(spec, state));
  if (found.size === 0) return wants;
  return new Map(
    [...wants].map(([resource, places]) => {
      const left = found.get(resource);
      return [resource, left ? new Map([...places].filter(([at]) => !left.has(at))) : places];
    }),
  );
}

/**
 * The places that are left as they were found. Of a port whose VFs are recreated, as after a reboot, nothing is left
 * that was found: the VFs are made as vflane makes them, which has to know for that which drivers come by themselves.
 */
export function leftAsFound({ nics, asFound = [] }: HostSpec, state: HostState): readonly Found[] {
  if (asFound.length === 0) return [];
  const kept = new Set(asFound.filter(({ resource }) => resource === 'num-vfs').map(({ at }) => at));
  const anew = nics.flatMap(({ pfs }) =>
    pfs.filter(({ pci, numVfs }) => {
      const there = state.pfs.find((pf) => pf.pci === pci)?.numVfs;
      return !kept.has(pci) && there !== undefined && !isUnseen(there) && there !== numVfs;
    }),
  );
  const isAnew = (at: string) => anew.some(({ pci }) => at === pci || at.startsWith(`${pci}/`));
  return asFound.filter(({ at }) => !isAnew(at));
}

/**
 * Removes everything of vflane's: each thing becomes what it was before vflane first touched it. What `prepare` brought goes only when
 * nothing else is left, because the look at the end needs the programs.
 */
export function wantsNothing(ledger: Ledger, state: HostState): Wants {
  const wants = new Map<string, Map<string, Json>>();
  const [brought, others] = apartIn(ledger);
  const haves = havesOf(state);
  for (const entry of others.length > 0 ? others : brought) addFormer(wants, entry, haves);
  addGoing(wants, haves);
  return grounded(wants, haves);
}

/** What `prepare` brought, and everything else. */
export function apartIn({ entries }: Ledger): readonly [readonly LedgerEntry[], readonly LedgerEntry[]] {
  const all = [...entries.values()];
  const isApart = ({ resource }: LedgerEntry) => resourceOf(resource).apart === true;
  return [all.filter(isApart), all.filter((entry) => !isApart(entry))];
}

/** What was adopted and is gone is not brought back: vflane never made it. */
function addFormer(wants: Map<string, Map<string, Json>>, entry: LedgerEntry, haves: Haves): void {
  const { resource, at } = entry;
  const was = isAdopted(entry) && haveAt(haves, resource, at) === null ? null : entry.was;
  if (was === null && resourceOf(resource).attribute) return;
  ofKind(wants, resource).set(at, was);
}

/** What exists only through a thing that goes: a guest does not outlive its unit. */
function addGoing(wants: Map<string, Map<string, Json>>, haves: Haves): void {
  for (const { kind, goesWith } of order) {
    if (goesWith === undefined) continue;
    const places = ofKind(wants, kind);
    const isGoing = (key: string) => wantAt(wants, key) === null;
    for (const [at, have] of haves.get(kind) ?? [])
      if (have !== null && !places.has(at) && goesWith(at).some(isGoing)) places.set(at, null);
  }
}

export function havesOf(state: HostState): Haves {
  const haves = new Map<string, Map<string, Json | Unseen>>();
  for (const resource of order) {
    const places = ofKind(haves, resource.kind);
    for (const { at, value } of resource.there(state)) places.set(at, value);
  }
  return haves;
}

/** A setting of something that neither exists nor is wanted is not wanted either, whatever it was before. */
export function grounded(wants: Wants, haves: Haves): Wants {
  const map = new Map(wants);
  for (const [resource, places] of wants) {
    const { attribute, standsOn } = resourceOf(resource);
    if (!attribute || !standsOn) continue;
    const isGrounded = ([at, value]: [string, Json]) => {
      const bases = standsOn(at, value);
      // A lane is a VF or an end of a veth pair: one of several bases is there.
      return bases.length === 0 || bases.some((base) => willBe(base, wants, haves));
    };
    map.set(resource, new Map([...places].map((place) => (isGrounded(place) ? place : [place[0], null]))));
  }
  return map;
}

function willBe(key: string, wants: Wants, haves: Haves): boolean {
  const want = wantAt(wants, key);
  const [resource, at] = partsOf(key);
  return (want === undefined ? haveAt(haves, resource, at) : want) !== null;
}

function wantAt(wants: Wants, key: string): Json | undefined {
  const [resource, at] = partsOf(key);
  return wants.get(resource)?.get(at);
}

function partsOf(key: string): readonly [resource: string, at: string] {
  const space = key.indexOf(' ');
  return [key.slice(0, space), key.slice(space + 1)];
}

/** What is at a place: a value, `null` for nothing, or why it could not be seen. */
export function haveAt(haves: Haves, resource: string, at: string): Json | Unseen {
  const places = haves.get(resource);
  if (places === undefined || places.size === 0) return null;
  const exact = places.get(at);
  if (exact !== undefined) return exact;
  return places.get(`${at.slice(0, at.indexOf('/') + 1)}*`) ?? places.get('*') ?? null;
}

/** Every place where the two are apart, in the order of set-up. A host without any is verified. */
export function differencesOf(wants: Wants, haves: Haves): readonly Difference[] {
  const differences: Difference[] = [];
  for (const [resource, places] of wants) {
    const { fresh, attribute } = resourceOf(resource);
    for (const [at, want] of places) {
      // A setting cannot be removed: if its VF stays, nothing is wanted of it.
      if (want === null && attribute) continue;
      const have = haveAt(haves, resource, at);
      if (isUnseen(have) || sameJson(have, want)) continue;
      // A setting that is as wanted as soon as its VF exists is not a difference of its own.
      if (have === null && sameJson(want, fresh)) continue;
      differences.push({ resource, at, have, want });
    }
  }
  return differences;
}

/** Places that are not as they should be or could not be looked at: none of the latter may pass for "as wanted". */
export interface Hidden extends Unseen {
  readonly resource: string;
  readonly at: string;
  readonly want: Json;
}

export function unseenOf(wants: Wants, haves: Haves): readonly Hidden[] {
  const hidden: Hidden[] = [];
  for (const [resource, places] of wants) {
    if (!haves.get(resource)?.size) continue;
    for (const [at, want] of places) {
      const have = haveAt(haves, resource, at);
      if (isUnseen(have)) hidden.push({ resource, at, want, unseen: have.unseen });
    }
  }
  return hidden;
}

/** The ledger's own key of a difference. */
export function keyOf({ resource, at }: { readonly resource: string; readonly at: string }): string {
  return ledgerKey(resource, at);
}
