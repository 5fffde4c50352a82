import { isUnseen } from '../model/unseen.ts';
import { nothing, type Resource } from './resource.ts';

type Local = { readonly up: boolean; readonly addresses: readonly string[] };

/**
 * The local port of a network's bridge, which is down and has no address. If it were up, it would take the VXLAN datagrams that a tenant sends
 * to its MAC, into whichever network they name (facts §17): the kernel's socket does, and so does the userspace datapath.
 */
export const bridgeLocal: Resource = {
  kind: 'bridge-local',
  timeoutMs: 5_000,
  attribute: true,
  // It is made down.
  fresh: { up: false, addresses: [] },
  wanted: ({ overlay }) =>
    (overlay?.bridges ?? []).map(({ name }) => ({ at: name, value: { up: false, addresses: [] } })),
  there: ({ ovs, links }) => {
    if (ovs === undefined || isUnseen(ovs)) return [];
    if (isUnseen(links)) return [{ at: '*', value: links }];
    const bridges = new Set(ovs.bridges.map(({ name }) => name));
    return links
      .filter(({ name }) => bridges.has(name))
      .map(({ name, up, addresses }) => ({ at: name, value: { up, addresses: [...addresses].sort() } }));
  },
  standsOn: (at) => [`bridge ${at}`],
  move: (at, from, to) => {
    if (to === null) return nothing;
    const { up, addresses } = to as Local;
    const before = from === null ? [] : (from as Local).addresses;
    return {
      batch: [
        // This first: an IPv6 address goes when the netdev goes down.
        ...before.filter((cidr) => !addresses.includes(cidr)).map((cidr) => `addr del ${cidr} dev ${at}`),
        `link set dev ${at} ${up ? 'up' : 'down'}`,
        ...addresses.filter((cidr) => !before.includes(cidr)).map((cidr) => `addr replace ${cidr} dev ${at}`),
      ],
    };
  },
  settled: (at, to) => {
    if (to === null) return [];
    const query = ['ip', '-j', '-d', 'link', 'show'];
    return [{ query, at: [`ifname=${at}`, 'flags', '=UP'], is: (to as Local).up ? 'UP' : null }];
  },
  why: () => 'Take the bridges’ own ports down again: while up, they accept tunnel packets from tenants.',
};
