import type { Text } from '../model/plan.ts';

/** The kernel's own switch; it works on a netdev that is down, too (ip-sysctl.rst, disable_ipv6). */
export function disableIpv6(netdev: Text): Text {
  return ['/proc/sys/net/ipv6/conf/', ...(typeof netdev === 'string' ? [netdev] : netdev), '/disable_ipv6'];
}

export function disablingText(ipv6: boolean): string {
  return ipv6 ? '0' : '1';
}

/** With IPv6 the kernel takes an address there, announces it, and accepts routes from anyone who claims to be a router (facts §17). */
export const whyNoIpv6 =
  'the host would get an address there, announce it, and believe anyone who claims to be a router.';
