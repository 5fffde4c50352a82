import type { HostSpec, UnderlaySpec } from '../model/host-spec.ts';
import type { HostState, LinkState } from '../model/host-state.ts';
import type { OvsBridge } from '../model/ovs-state.ts';
import { isUnseen } from '../model/unseen.ts';

/** The netdevs that the underlay is made of, from the wire up, as far as the host has them. */
export function roadLinks({ underlay }: HostSpec, state: HostState): readonly LinkState[] {
  if (underlay === undefined || isUnseen(state.links)) return [];
  const names = new Set([
    ...wireNames(underlay, state),
    underlay.bond?.name,
    ...underlay.vlans.map(({ name }) => name),
  ]);
  return state.links.filter(({ name }) => names.has(name));
}

/** The lowest of these netdevs: the card's ports, or those that the file names. */
export function wireNames(underlay: UnderlaySpec, { pfs, functions = [] }: HostState): readonly string[] {
  const members = [
    ...(underlay.bond?.members ?? []),
    ...underlay.ports,
    ...(underlay.bridge?.members ?? []).map(({ name, dpdk }) => dpdk ?? name),
  ];
  const names = members.map((member) => {
    const pf = [...pfs, ...functions].find(({ pci }) => pci === member);
    return pf === undefined ? member : pf.netdev;
  });
  return [...new Set(names.flatMap((name) => name ?? []))];
}

/** Bridges of Open vSwitch that vflane did not make: it marks its own. */
export function foreignBridges({ ovs }: HostState): readonly OvsBridge[] {
  if (ovs === undefined || isUnseen(ovs)) return [];
  return ovs.bridges.filter(
    ({ externalIds }) => !Object.keys(externalIds).some((key) => key.startsWith('vflane-')),
  );
}
