import { Refusal } from './errno.ts';
import { netdevAt } from './netdevs.ts';
import type { Netdev, SimState } from './state.ts';

/** The VLANs on a netdev. */
export function vlansOn(state: SimState, lower: Netdev): readonly Netdev[] {
  return state.netdevs.filter((n) => n.kind === 'vlan' && n.peer === lower.ifindex);
}

/** 8021q, vlan_dev_open. */
export function refuseOnDownLower(state: SimState, netdev: Netdev): void {
  const lower = netdev.kind === 'vlan' ? netdevAt(state, netdev.peer) : undefined;
  if (lower && !lower.up) throw new Refusal('ENETDOWN');
}

/** VLANs come up with their lower netdev, even those never brought up before (vlan_device_event). */
export function open(state: SimState, netdev: Netdev): void {
  netdev.up = true;
  for (const vlan of vlansOn(state, netdev)) open(state, vlan);
}

/** Closes a netdev: it loses its routes and IPv6 addresses (addrconf_ifdown), and the VLANs on it close too. */
export function shut(state: SimState, netdev: Netdev): void {
  netdev.up = false;
  netdev.addresses = netdev.addresses.filter((a) => a.family === 4);
  state.routes = state.routes.filter((route) => route.ifindex !== netdev.ifindex);
  for (const vlan of vlansOn(state, netdev)) if (vlan.up) shut(state, vlan);
}

/** A VLAN follows its lower netdev as long as both have the same MAC (vlan_sync_address). */
export function giveMac(state: SimState, netdev: Netdev, mac: string): void {
  const before = netdev.mac;
  netdev.mac = mac;
  for (const vlan of vlansOn(state, netdev)) if (vlan.mac === before) giveMac(state, vlan, mac);
}
