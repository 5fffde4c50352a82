import type { Netdev, SimState } from './state.ts';

/** Where a setting of a netdev is kept: it follows the netdev when it is renamed. */
export function sysctlKey(ns: string, family: string, of: Netdev | 'all' | 'default', key: string): string {
  return `${ns}:${family}/${typeof of === 'string' ? of : `#${of.ifindex}`}/${key}`;
}

/** Whether the kernel makes and takes IPv6 addresses there (`disable_ipv6`). */
export function hasIpv6(state: SimState, netdev: Netdev): boolean {
  const own = state.sysctls[sysctlKey(netdev.ns, 'ipv6', netdev, 'disable_ipv6')];
  return (own ?? state.sysctls[sysctlKey(netdev.ns, 'ipv6', 'default', 'disable_ipv6')] ?? '0') === '0';
}
