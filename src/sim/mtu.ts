import { Refusal } from './errno.ts';
import { minMtu, netdevAt, slavesOf } from './netdevs.ts';
import type { Netdev, SimState } from './state.ts';

/** A bond's MTU is its slaves' (bond_main.c, bond_change_mtu): one that cannot follow undoes the others. */
export function setMtu(state: SimState, netdev: Netdev, mtu: number): void {
  if (mtu < minMtu) throw new Refusal('EINVAL', 'mtu less than device minimum');
  if (mtu > netdev.maxMtu) throw new Refusal('EINVAL', 'mtu greater than device maximum');
  const lower = netdev.kind === 'vlan' ? netdevAt(state, netdev.peer) : undefined;
  if (lower && mtu > lower.mtu) throw new Refusal('ERANGE');
  const slaves = netdev.bond ? slavesOf(state, netdev) : [];
  if (slaves.some((slave) => mtu > slave.maxMtu)) throw new Refusal('EINVAL');
  for (const changed of [netdev, ...slaves]) follow(state, changed, mtu);
}

/** A VLAN shrinks with its lower netdev (8021q, vlan_device_event). */
function follow(state: SimState, netdev: Netdev, mtu: number): void {
  netdev.mtu = mtu;
  const uppers = state.netdevs.filter((n) => n.kind === 'vlan' && n.peer === netdev.ifindex && n.mtu > mtu);
  for (const upper of uppers) follow(state, upper, mtu);
}
