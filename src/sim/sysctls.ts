import type { Netdev, SimState } from './state.ts';

/** The key of a netdev's setting, which survives a rename of the netdev. */
export function sysctlKey(ns: string, family: string, of: Netdev | 'all' | 'default', key: string): string {
  return `${ns}:${family}/${typeof of === 'string' ? of : `#${of.ifindex}`}/${key}`;
}

/** Whether the kernel makes and accepts IPv6 addresses on it (`disable_ipv6`). */
export function hasIpv6(state: SimState, netdev: Netdev): boolean {
  return (state.sysctls[sysctlKey(netdev.ns, 'ipv6', netdev, 'disable_ipv6')] ?? '0') === '0';
}

/** A netdev that enters a namespace takes the namespace's current `default` values. */
export function takeDefaults(state: SimState, netdev: Netdev): void {
  for (const family of ['ipv4', 'ipv6']) {
    const prefix = `${netdev.ns}:${family}/default/`;
    for (const [path, value] of Object.entries(state.sysctls)) {
      const key = path.startsWith(prefix) ? path.slice(prefix.length) : '';
      if (key !== '') state.sysctls[sysctlKey(netdev.ns, family, netdev, key)] = value;
    }
  }
}

/** Later changes of IPv4's `default` reach netdevs that have neither a value of their own nor an address (devinet.c). */
export function freezeIpv4(state: SimState, ns: string, key: string, before: string): void {
  for (const netdev of state.netdevs.filter((n) => n.ns === ns && n.addresses.some((a) => a.family === 4)))
    state.sysctls[sysctlKey(ns, 'ipv4', netdev, key)] ??= before;
}

/** They go with the netdev, and when it leaves its namespace. */
export function forgetSysctls(state: SimState, netdev: Netdev): void {
  for (const path of Object.keys(state.sysctls))
    if (path.split('/')[1] === `#${netdev.ifindex}`) delete state.sysctls[path];
}
