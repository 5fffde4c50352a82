import { hasCarrier } from './carrier.ts';
import type { Netdev, SimState } from './state.ts';

/** The kernel's words for RFC 2863, as `ip` prints them. */
export function operstate(state: SimState, netdev: Netdev): string {
  const carrierless: readonly Netdev['kind'][] = ['loopback', 'vxlan', 'dummy', 'openvswitch', 'tun'];
  if (carrierless.includes(netdev.kind)) {
    return netdev.up ? 'UNKNOWN' : 'DOWN';
  }
  if (hasCarrier(state, netdev)) return 'UP';
  const stacked = netdev.kind === 'veth' || netdev.kind === 'vlan';
  return stacked && netdev.up ? 'LOWERLAYERDOWN' : 'DOWN';
}

/** In the order in which `ip` prints them (ip/ipaddress.c, print_link_flags). */
export function flags(state: SimState, netdev: Netdev): readonly string[] {
  const carrier = hasCarrier(state, netdev);
  const loopback = netdev.kind === 'loopback';
  return [
    netdev.up && !carrier ? 'NO-CARRIER' : '',
    loopback ? 'LOOPBACK' : 'BROADCAST',
    loopback ? '' : 'MULTICAST',
    netdev.bond ? 'MASTER' : '',
    netdev.slave ? 'SLAVE' : '',
    netdev.up ? 'UP' : '',
    carrier ? 'LOWER_UP' : '',
  ].filter(Boolean);
}
