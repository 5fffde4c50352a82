import { hasCarrier } from './carrier.ts';
import type { Netdev, SimState } from './state.ts';
import { hasIpv6 } from './sysctls.ts';

/** The kernel gives itself an fe80 address on a netdev with a carrier, except on a bond's slaves. */
export function hasLinkLocal(state: SimState, netdev: Netdev): boolean {
  const isPlain = netdev.up && netdev.kind !== 'loopback' && !netdev.slave;
  return isPlain && hasIpv6(state, netdev) && hasCarrier(state, netdev);
}
