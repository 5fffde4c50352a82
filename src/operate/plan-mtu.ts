import type { FabricHost } from '../model/fabric.ts';
import type { Json } from '../model/json.ts';
import { type Ledger, ledgerKey } from '../model/ledger.ts';
import type { GuestName, IfName } from '../model/names.ts';
import { isUnseen } from '../model/unseen.ts';
import { observe } from '../observe/observe.ts';
import { byPlace } from '../plan/by-place.ts';
import { type Haves, haveAt, havesOf } from '../plan/differences.ts';
import { planFor } from '../plan/plan.ts';
import { guestBond } from '../resource/guest-bond.ts';
import { guestLink } from '../resource/guest-link.ts';
import { laneAt } from '../resource/guest-place.ts';
import type { HostPlan } from './plan-host.ts';
import { sectionsOf } from './sections.ts';
import type { Site } from './site.ts';

/** A netdev of a guest: in the guest's namespace, or in the host's own. */
export interface GuestNetdev {
  readonly namespace: GuestName | null;
  readonly netdev: IfName;
}

/** Gives these netdevs of guests another MTU, in bytes, and changes nothing else. */
export async function planForMtu(
  site: Site,
  host: FabricHost,
  netdevs: readonly GuestNetdev[],
  mtu: number,
): Promise<HostPlan> {
  const fold = await site.fold();
  const places = netdevs.map(({ namespace, netdev }) => laneAt(namespace, netdev));
  const state = await observe(
    site.reader,
    sectionsOf(places.map((at) => ({ resource: guestLink.kind, at }))),
  );
  const wants = byPlace(places.map((at) => wantedAt(havesOf(state), at, mtu)));
  const ledger = only(fold.ledger, places);
  const { allocation } = ledger;
  const asked = { host: host.name, state, ledger, wants, allocation, allowDisruption: true };
  return { ...planFor(asked), state, fold };
}

/** A bond passes its MTU on to its members. */
function wantedAt(haves: Haves, at: string, mtu: number) {
  const bond = haveAt(haves, guestBond.kind, at);
  const isBond = bond !== null && !isUnseen(bond);
  const now = isBond ? bond : haveAt(haves, guestLink.kind, at);
  const value: Json = { up: true, ...(isUnseen(now) ? {} : (now as object | null)), mtu };
  return { resource: (isBond ? guestBond : guestLink).kind, at, value };
}

/** What was not looked at is not gone: the ledger is compared with these netdevs only. */
function only(ledger: Ledger, places: readonly string[]): Ledger {
  const keys = new Set(places.flatMap((at) => [guestBond, guestLink].map(({ kind }) => ledgerKey(kind, at))));
  return { ...ledger, entries: new Map([...ledger.entries].filter(([key]) => keys.has(key))) };
}
