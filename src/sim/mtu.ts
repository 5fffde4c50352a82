import { Refusal } from './errno.ts';
import { minMtu, slavesOf } from './netdevs.ts';
import type { Netdev, SimState } from './state.ts';

/** A bond's MTU is its slaves' (bond_main.c, bond_change_mtu): one that cannot follow undoes the others. */
export function setMtu(state: SimState, netdev: Netdev, mtu: number): void {
  if (mtu < minMtu) throw new Refusal('EINVAL', 'mtu less than device minimum');
  if (mtu > netdev.maxMtu) throw new Refusal('EINVAL', 'mtu greater than device maximum');
  const slaves = netdev.bond ? slavesOf(state, netdev) : [];
  if (slaves.some((slave) => mtu > slave.maxMtu)) throw new Refusal('EINVAL');
  for (const slave of slaves) slave.mtu = mtu;
  netdev.mtu = mtu;
}
