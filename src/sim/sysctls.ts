import type { Netdev, SimState } from './state.ts';

/** Where a setting of a netdev is kept: it follows the netdev when it is renamed. */
export function sysctlKey(ns: string, family: string, of: Netdev | 'all' | 'default', key: string): string {
  return `${ns}:${family}/${typeof of === 'string' ? of : `#${of.ifindex}`}/${key}`;
}

/** Whether the kernel makes and takes IPv6 addresses there (`disable_ipv6`). */
export function hasIpv6(state: SimState, netdev: Netdev): boolean {
  return (state.sysctls[sysctlKey(netdev.ns, 'ipv6', netdev, 'disable_ipv6')] ?? '0') === '0';
}

/** A netdev that comes into a namespace takes IPv6's `default` once; IPv4's it follows until it has a value of its own. */
export function takeDefaults(state: SimState, netdev: Netdev): void {
  const prefix = `${netdev.ns}:ipv6/default/`;
  for (const [path, value] of Object.entries(state.sysctls)) {
    const key = path.startsWith(prefix) ? path.slice(prefix.length) : '';
    if (key !== '') state.sysctls[sysctlKey(netdev.ns, 'ipv6', netdev, key)] = value;
  }
}

/** They die with the netdev, and with its stay in a namespace. */
export function forgetSysctls(state: SimState, netdev: Netdev): void {
  for (const path of Object.keys(state.sysctls))
    if (path.split('/')[1] === `#${netdev.ifindex}`) delete state.sysctls[path];
}
