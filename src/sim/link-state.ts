import { hasCarrier } from './carrier.ts';
import { netdevAt } from './netdevs.ts';
import type { Netdev, SimState } from './state.ts';

/** The kernel's words for RFC 2863, as `ip` prints them. */
export function operstate(state: SimState, netdev: Netdev): string {
  const carrierless: readonly Netdev['kind'][] = ['loopback', 'vxlan', 'dummy', 'openvswitch', 'tun'];
  if (hasCarrier(state, netdev)) return carrierless.includes(netdev.kind) ? 'UNKNOWN' : 'UP';
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
    isQuiet(state, netdev) ? 'NOARP' : loopback ? '' : 'MULTICAST',
    netdev.bond ? 'MASTER' : '',
    netdev.slave ? 'SLAVE' : '',
    netdev.up ? 'UP' : '',
    carrier ? 'LOWER_UP' : '',
    lowerIsDown(state, netdev) ? 'M-DOWN' : '',
  ].filter(Boolean);
}

/** drivers/net/dummy.c; a VLAN takes its flags from its lower netdev. */
function isQuiet(state: SimState, netdev: Netdev): boolean {
  const lower = netdev.kind === 'vlan' ? netdevAt(state, netdev.peer) : undefined;
  return lower ? isQuiet(state, lower) : netdev.kind === 'dummy';
}

/** The netdev it is linked to is in this namespace and not up (ip/ipaddress.c, print_linkinfo). */
function lowerIsDown(state: SimState, netdev: Netdev): boolean {
  const lower = netdevAt(state, netdev.peer);
  return lower !== undefined && lower.ns === netdev.ns && !lower.up;
}
