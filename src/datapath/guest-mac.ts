import { hash } from 'node:crypto';
import type { FabricName, GuestName, MacAddress, NetworkName } from '../model/names.ts';

/**
 * A guest's MAC on a network: the same on every host, so that a guest can move, and a different one for each port, because two
 * VFs with one MAC lose traffic between guests of one host (facts §8).
 */
export function guestMac(
  fabric: FabricName,
  guest: GuestName,
  network: NetworkName,
  port: number,
): MacAddress {
  const digest = hash('sha256', `${fabric}\0${guest}\0${network}\0${port}`, 'hex');
  // Bit 1 of the first octet: locally administered; bit 0: group address (IEEE 802-2014, 8.2.2).
  const first = (Number.parseInt(digest.slice(0, 2), 16) & 0xfc) | 0x02;
  const octets = [
    first.toString(16).padStart(2, '0'),
    ...[2, 4, 6, 8, 10].map((at) => digest.slice(at, at + 2)),
  ];
  return octets.join(':') as MacAddress;
}
