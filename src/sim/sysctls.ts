import type { Netdev, SimState } from './state.ts';

/** Where a setting of a netdev is kept: it follows the netdev when it is renamed. */
export function sysctlKey(ns: string, family: string, of: Netdev | 'all' | 'default', key: string): string {
  return `${ns}:${family}/${typeof of === 'string' ? of : `#${of.ifindex}`}/${key}`;
}

/** Whether the kernel makes and takes IPv6 addresses there (`disable_ipv6`). */
export function hasIpv6(state: SimState, netdev: Netdev): boolean {
  return (state.sysctls[sysctlKey(netdev.ns, 'ipv6', netdev, 'disable_ipv6')] ?? '0') === '0';
}

/** A netdev that comes into a namespace takes what was written to `default` by then. */
export function takeDefaults(state: SimState, netdev: Netdev): void {
  for (const family of ['ipv4', 'ipv6']) {
    const prefix = `${netdev.ns}:${family}/default/`;
    for (const [path, value] of Object.entries(state.sysctls)) {
      const key = path.startsWith(prefix) ? path.slice(prefix.length) : '';
      if (key !== '') state.sysctls[sysctlKey(netdev.ns, family, netdev, key)] = value;
    }
  }
}

/** What IPv4's `default` becomes later is followed by netdevs that have no value of their own, and no address (devinet.c). */
export function freezeIpv4(state: SimState, ns: string, key: string, before: string): void {
  for (const netdev of state.netdevs.filter((n) => n.ns === ns && n.addresses.some((a) => a.family === 4)))
    state.sysctls[sysctlKey(ns, 'ipv4', netdev, key)] ??= before;
}

/** They die with the netdev, and with its stay in a namespace. */
export function forgetSysctls(state: SimState, netdev: Netdev): void {
  for (const path of Object.keys(state.sysctls))
    if (path.split('/')[1] === `#${netdev.ifindex}`) delete state.sysctls[path];
}
