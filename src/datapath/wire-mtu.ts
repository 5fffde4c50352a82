import type { Fabric } from '../model/fabric.ts';

/** Bytes that a tunnel may add to a guest's packet, with some to spare: 50 over IPv4, 70 over IPv6, 4 for a tag (facts §7.4). */
const headroom = 80;

/**
 * MTU of the ports, in bytes: the largest network's plus headroom, on every datapath, so that neither another network nor
 * another datapath resets a PF later (facts §17).
 */
export function wireMtu({ networks }: Fabric): number {
  return Math.max(1500, ...networks.map(({ mtu }) => mtu)) + headroom;
}
