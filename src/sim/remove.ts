import { release } from './enslave.ts';
import { netdevAt, slavesOf } from './netdevs.ts';
import type { Netdev, SimState } from './state.ts';

/** Unregisters a netdev: slaves and upper VLANs go with it or are let go first. */
export function removeNetdev(state: SimState, netdev: Netdev): void {
  for (const slave of slavesOf(state, netdev)) release(state, netdev, slave);
  if (netdev.master) release(state, netdevAt(state, netdev.master), netdev);
  state.netdevs = state.netdevs.filter((n) => n !== netdev);
  state.routes = state.routes.filter((route) => route.ifindex !== netdev.ifindex);
  const gone = state.netdevs.filter(
    (n) => n.peer === netdev.ifindex && (n.kind === 'vlan' || n.kind === 'veth'),
  );
  for (const upper of gone) removeNetdev(state, upper);
}

/** Closing a netdev forgets its routes and its IPv6 addresses (addrconf_ifdown). */
export function close(state: SimState, netdev: Netdev): void {
  netdev.up = false;
  netdev.addresses = netdev.addresses.filter((a) => a.family === 4);
  state.routes = state.routes.filter((route) => route.ifindex !== netdev.ifindex);
}
