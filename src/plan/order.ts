import { autoprobe } from '../resource/autoprobe.ts';
import { guestAddress } from '../resource/guest-address.ts';
import { guestBond } from '../resource/guest-bond.ts';
import { guestRoute } from '../resource/guest-route.ts';
import { kernelModule } from '../resource/module.ts';
import { netns } from '../resource/netns.ts';
import { netnsLoopback } from '../resource/netns-loopback.ts';
import { netnsVf } from '../resource/netns-vf.ts';
import { numVfs } from '../resource/num-vfs.ts';
import { pfMtu } from '../resource/pf-mtu.ts';
import { pfUp } from '../resource/pf-up.ts';
import type { Resource } from '../resource/resource.ts';
import { vfDriver } from '../resource/vf-driver.ts';
import { vfLinkState } from '../resource/vf-link-state.ts';
import { vfMac } from '../resource/vf-mac.ts';
import { vfRate } from '../resource/vf-rate.ts';
import { vfSpoofchk } from '../resource/vf-spoofchk.ts';
import { vfTrust } from '../resource/vf-trust.ts';
import { vfVlan } from '../resource/vf-vlan.ts';

/** The order in which things are set up; they are taken down in reverse. The only place where it stands. */
export const order: readonly Resource[] = [
  // A driver has to be there before a VF can be bound to it.
  kernelModule,
  // Off before VFs appear, or the host probes every one of them (facts §3.3).
  autoprobe,
  // Before VFs exist: a change of the PF's MTU resets igb's VFs (facts §17).
  pfMtu,
  // Before guests start: a VF has no carrier while its PF is down (facts §5).
  pfUp,
  // Everything on a VF needs the VF.
  numVfs,
  // A VF's fate is settled before anything can drive it; its MAC is read by the driver's probe.
  vfMac,
  vfVlan,
  vfSpoofchk,
  vfTrust,
  vfRate,
  // The link opens after the tag is set, and closes before it is taken away.
  vfLinkState,
  // From here on something can be sent through the VF.
  vfDriver,
  // A namespace before what is put into it, a member before its bond, a bond before its addresses.
  netns,
  netnsLoopback,
  netnsVf,
  guestBond,
  guestAddress,
  // A gateway is reached through the address's subnet.
  guestRoute,
];

const places = new Map(order.map((resource, place) => [resource.kind, place]));
const kinds = new Map(order.map((resource) => [resource.kind, resource]));

/** Where a kind stands in the order, from 0. */
export function placeOf(kind: string): number {
  return places.get(kind) ?? order.length;
}

/** @throws where no resource has that name: a journal of a later version, or a defect. */
export function resourceOf(kind: string): Resource {
  const resource = kinds.get(kind);
  if (resource === undefined) throw new Error(`no resource is called ${kind}`);
  return resource;
}
