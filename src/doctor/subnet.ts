import ipaddr from 'ipaddr.js';

/** Whether an address is in the network of a CIDR; a text that is not an address is in none. */
export function contains(cidr: string, address: string): boolean {
  if (!ipaddr.isValidCIDR(cidr) || !ipaddr.isValid(address)) return false;
  const [one, [network, length]] = [ipaddr.parse(address), ipaddr.parseCIDR(cidr)];
  return one.kind() === network.kind() && one.match(network, length);
}
