import { isUnseen } from '../model/host-state.ts';
import { nothing, type Resource } from './resource.ts';
import { underlayBridgeName } from './underlay-bridge.ts';

/** The tunnel address, on the netdev that the tunnels leave by: tc offloads one only where its route leaves by the card (facts §7.3). */
export const underlayAddress: Resource = {
  kind: 'underlay-address',
  timeoutMs: 10_000,
  wanted: ({ underlay }) =>
    underlay?.address === undefined || underlay.netdev === undefined
      ? []
      : [{ at: underlay.netdev, value: [underlay.address] }],
  there: ({ links }) =>
    isUnseen(links)
      ? [{ at: '*', value: links }]
      : links
          .filter(({ addresses }) => addresses.length > 0)
          .map(({ name, addresses }) => ({ at: name, value: [...addresses].sort() })),
  standsOn: (at) => basesOf(at),
  move: (at, from, to) => {
    const [before, after] = [listed(from), listed(to)];
    const batch = [
      ...after.filter((cidr) => !before.includes(cidr)).map((cidr) => `addr replace ${cidr} dev ${at}`),
      ...before.filter((cidr) => !after.includes(cidr)).map((cidr) => `addr del ${cidr} dev ${at}`),
    ];
    return batch.length === 0 ? nothing : { batch };
  },
  settled: (at, to) =>
    listed(to).map((cidr) => {
      const local = cidr.slice(0, cidr.indexOf('/'));
      const query = ['ip', '-j', 'addr', 'show', 'dev', at];
      return { query, at: ['0', 'addr_info', `local=${local}`, 'local'], is: local };
    }),
  why: (_from, to) =>
    to === null ? 'Take the tunnel address away.' : 'Give the netdev that the tunnels leave by its address.',
};

/** A netdev of vflane's that goes takes its addresses along. */
function basesOf(at: string): readonly string[] {
  return at === underlayBridgeName ? [`underlay-bridge ${at}`] : [`host-bond ${at}`, `vlan-link ${at}`];
}

function listed(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
