import { underlayBridgeName } from '../model/underlay-bridge.ts';
import { isUnseen } from '../model/unseen.ts';
import { nothing, type Resource } from './resource.ts';

/**
 * The tunnel address, on the netdev that the tunnels leave by: tc offloads one only where its route leaves by the card
 * (facts §7.3). `at` is both, `bond0/192.168.9.1/24`, because the host's other addresses there are not vflane's.
 */
export const underlayAddress: Resource = {
  kind: 'underlay-address',
  timeoutMs: 10_000,
  wanted: ({ underlay }) =>
    underlay?.address === undefined || underlay.netdev === undefined
      ? []
      : [{ at: `${underlay.netdev}/${underlay.address}`, value: true }],
  there: ({ links }) =>
    isUnseen(links)
      ? [{ at: '*', value: links }]
      : links.flatMap(({ name, addresses }) =>
          addresses.map((cidr) => ({ at: `${name}/${cidr}`, value: true })),
        ),
  standsOn: (at) => basesOf(placeOf(at).netdev),
  // The other hosts send to the old one until they are changed too.
  takes: (_at, from, to) => (from === null || from === to ? undefined : 'everything'),
  move: (at, from, to) => {
    if (from === to) return nothing;
    const { netdev, cidr } = placeOf(at);
    return { batch: [`addr ${to === null ? 'del' : 'replace'} ${cidr} dev ${netdev}`] };
  },
  settled: (at, to) => {
    if (to === null) return [];
    const { netdev, cidr } = placeOf(at);
    const local = cidr.slice(0, cidr.indexOf('/'));
    const query = ['ip', '-j', 'addr', 'show', 'dev', netdev];
    return [{ query, at: ['0', 'addr_info', `local=${local}`, 'local'], is: local }];
  },
  why: (_from, to) =>
    to === null ? 'Remove the tunnel address.' : 'Give the netdev by which tunnels leave its address.',
};

/** When a netdev of vflane's goes, its addresses go with it. */
function basesOf(netdev: string): readonly string[] {
  return netdev === underlayBridgeName
    ? [`underlay-bridge ${netdev}`]
    : [`host-bond ${netdev}`, `vlan-link ${netdev}`];
}

function placeOf(at: string): { readonly netdev: string; readonly cidr: string } {
  const slash = at.indexOf('/');
  return { netdev: at.slice(0, slash), cidr: at.slice(slash + 1) };
}
