import type { Text } from '../model/plan.ts';

/** The kernel's own switch; on a netdev that is down, too (ip-sysctl.rst, disable_ipv6). */
export function disableIpv6(netdev: Text): Text {
  return ['/proc/sys/net/ipv6/conf/', ...(typeof netdev === 'string' ? [netdev] : netdev), '/disable_ipv6'];
}

export function disablingText(ipv6: boolean): string {
  return ipv6 ? '0' : '1';
}

/** With it the kernel gives itself an address there, announces it, and takes routes from whoever calls himself a router (facts §17). */
export const whyNoIpv6 =
  'the host would have an address there, announce it, and listen to whoever calls himself a router.';
