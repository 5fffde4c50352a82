import { Refusal } from '../errno.ts';
import type { Netdev, SimState } from '../state.ts';
import { freezeIpv4, sysctlKey } from '../sysctls.ts';
import { type DirNode, dir, file, listing } from './node.ts';

/** Settings of a netdev, with their defaults. */
const perNetdev: { readonly [family in 'ipv4' | 'ipv6']: { readonly [key: string]: string } } = {
  ipv4: {
    rp_filter: '0',
    arp_ignore: '0',
    arp_announce: '0',
    arp_notify: '0',
    forwarding: '0',
    accept_local: '0',
  },
  ipv6: {
    disable_ipv6: '0',
    accept_ra: '1',
    autoconf: '1',
    addr_gen_mode: '0',
    forwarding: '0',
    accept_dad: '1',
  },
};

/** /proc/sys/net */
export function sysctlNet(state: SimState, ns: string): DirNode {
  const here = () => state.netdevs.filter((n) => n.ns === ns);
  const family = (name: 'ipv4' | 'ipv6') => () =>
    dir({
      conf: () =>
        listing(
          () => ['all', 'default', ...here().map((n) => n.name)],
          (netdev) => {
            if (netdev === 'all' || netdev === 'default') return conf(state, ns, name, netdev);
            const found = here().find((n) => n.name === netdev);
            return found && conf(state, ns, name, found);
          },
        ),
      ip_forward:
        name === 'ipv4' ? () => attribute(state, `${ns}:ipv4/ip_forward`, '0', () => {}) : undefined,
    });
  return dir({ ipv4: family('ipv4'), ipv6: family('ipv6') });
}

function conf(state: SimState, ns: string, family: 'ipv4' | 'ipv6', of: Netdev | 'all' | 'default'): DirNode {
  const entries = Object.entries(perNetdev[family]).map(([key, fallback]) => {
    const inherited = (family === 'ipv4' && state.sysctls[sysctlKey(ns, family, 'default', key)]) || fallback;
    const written = (value: string) => {
      if (of === 'default' && family === 'ipv4') freezeIpv4(state, ns, key, inherited);
      applied(state, ns, key, of, value);
    };
    return [key, () => attribute(state, sysctlKey(ns, family, of, key), inherited, written)] as const;
  });
  return dir(Object.fromEntries(entries));
}

/** Disabling IPv6 removes the addresses; `all` does so for every netdev (addrconf_disable_ipv6). */
function applied(
  state: SimState,
  ns: string,
  key: string,
  of: Netdev | 'all' | 'default',
  value: string,
): void {
  if (key !== 'disable_ipv6' || of === 'default') return;
  if (of === 'all') state.sysctls[sysctlKey(ns, 'ipv6', 'default', key)] = value;
  const netdevs = of === 'all' ? state.netdevs.filter((n) => n.ns === ns) : [of];
  for (const netdev of netdevs) {
    state.sysctls[sysctlKey(ns, 'ipv6', netdev, key)] = value;
    if (value !== '0') loseIpv6(state, netdev);
  }
}

function loseIpv6(state: SimState, netdev: Netdev): void {
  netdev.addresses = netdev.addresses.filter((a) => a.family === 4);
  state.routes = state.routes.filter((r) => r.family === 4 || r.ifindex !== netdev.ifindex);
}

function attribute(state: SimState, path: string, fallback: string, written: (value: string) => void) {
  return file(
    () => `${state.sysctls[path] ?? fallback}\n`,
    (text) => {
      if (text === '') return;
      // proc_dointvec takes the first number and ignores the rest.
      const value = /^\s*(-?\d+)(\s|$)/.exec(text)?.[1];
      if (value === undefined || Math.abs(Number(value)) > 0x7fffffff) throw new Refusal('EINVAL');
      state.sysctls[path] = value;
      written(value);
    },
  );
}
