import { isUnseen } from '../model/host-state.ts';
import { nothing, type Resource } from './resource.ts';

/** The tunnel address, on the bond itself: tc offloads a tunnel only where its route leaves by the card (facts §7.3). */
export const underlayAddress: Resource = {
  kind: 'underlay-address',
  timeoutMs: 10_000,
  wanted: (spec) =>
    spec.nics.flatMap(({ bond }) =>
      bond?.address === undefined ? [] : [{ at: bond.name, value: [bond.address] }],
    ),
  there: (state) =>
    isUnseen(state.links)
      ? [{ at: '*', value: state.links }]
      : state.links
          .filter((link) => link.bond && link.addresses.length > 0)
          .map((link) => ({ at: link.name, value: [...link.addresses].sort() })),
  standsOn: (at) => [`host-bond ${at}`],
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
  why: (_from, to) => (to === null ? 'Take the tunnel address away.' : 'Give the bond the tunnel address.'),
};

function listed(value: unknown): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
