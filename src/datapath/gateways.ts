import ipaddr from 'ipaddr.js';
import type { Attachment, Network } from '../model/fabric.ts';

/**
 * The network's gateways that a guest can reach from one of its own addresses. The kernel refuses any other ("Nexthop has invalid
 * gateway", net/ipv4/fib_semantics.c), and a DHCP lease brings its own.
 */
export function gatewaysOf({ gateways }: Network, { addresses }: Attachment): readonly string[] {
  if (gateways.length === 0) return [];
  const subnets = addresses.map((cidr) => ipaddr.parseCIDR(cidr));
  return gateways.filter((gateway) => {
    const address = ipaddr.parse(gateway);
    return subnets.some(([own, prefix]) => own.kind() === address.kind() && address.match(own, prefix));
  });
}
