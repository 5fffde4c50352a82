import { createHash } from 'node:crypto';
import type { IfName, NetworkName } from '../model/names.ts';

// IFNAMSIZ leaves 15 characters (linux/if.h); "-p0" takes three of them.
const longestBase = 12;

// `lo` is in every namespace already; the other two stand for all netdevs in /proc/sys/net (net/ipv4/devinet.c).
const kernelsOwn: readonly string[] = ['lo', 'all', 'default'];

/** The bond's name inside a guest: the network's own name where it fits. */
export function bondName(network: NetworkName): IfName {
  if (network.length <= longestBase && !kernelsOwn.includes(network)) return network as string as IfName;
  const tail = createHash('sha256').update(network).digest('hex').slice(0, 4);
  return `${network.slice(0, longestBase - 5)}-${tail}` as IfName;
}

export function memberName(network: NetworkName, port: number): IfName {
  return `${bondName(network)}-p${port}` as IfName;
}
