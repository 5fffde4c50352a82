import type { Json } from '../model/json.ts';
import type { Probe, Text } from '../model/plan.ts';
import { laneAt, lanePlace, linksIn, localLanes, placedIn } from './guest-place.ts';
import { nothing, type Resource } from './resource.ts';

/** The IP addresses of a guest's lane: a sorted list of CIDRs on its bond. */
export const guestAddress: Resource = {
  kind: 'guest-address',
  transaction: 'namespace',
  timeoutMs: 10_000,
  wanted: (spec) =>
    localLanes(spec)
      // A DHCP client in the guest adds addresses that are not in the file.
      .filter(({ lane }) => !lane.dhcp)
      .map(({ lane, namespace }) => ({
        at: laneAt(namespace, lane.bond),
        value: lane.addresses.length === 0 ? null : [...lane.addresses].sort(),
      })),
  there: (state) =>
    placedIn(state, (links, namespace) => {
      const addressed = links.filter((link) => link.name !== 'lo' && link.addresses.length > 0);
      return addressed.map((link) => ({
        at: laneAt(namespace, link.name),
        value: [...link.addresses].sort(),
      }));
    }),
  standsOn: (at) => [`guest-bond ${at}`, `netns-vf ${at}`, `guest-veth ${at}`],
  move: (at, from, to) => {
    const { namespace, ifName } = lanePlace(at);
    const lines = batch(ifName, listed(from), listed(to));
    if (lines.length === 0) return nothing;
    return { batch: lines, ...(namespace === null ? {} : { namespace }) };
  },
  settled: (at, to) => listed(to).map((cidr) => probe(at, cidr)),
  together: (at) => lanePlace(at).namespace ?? '',
  why: (_from, to) => (to === null ? 'Remove the lanes’ addresses.' : 'Give the lanes their addresses.'),
};

function listed(value: Json): readonly string[] {
  return value === null ? [] : (value as readonly string[]);
}

/**
 * If one is removed, all are removed first: the kernel removes an address's secondaries with it (promote_secondaries, ip-sysctl.rst),
 * so what would remain cannot be known here.
 */
function batch(name: string, from: readonly string[], to: readonly string[]): readonly Text[] {
  const goes = from.some((cidr) => !to.includes(cidr));
  const stay = goes ? [] : from;
  return [
    ...(goes ? [`addr flush dev ${name} scope global`] : []),
    ...to.filter((cidr) => !stay.includes(cidr)).map((cidr) => `addr replace ${cidr} dev ${name}`),
  ];
}

function probe(at: string, cidr: string): Probe {
  const { namespace, ifName } = lanePlace(at);
  const local = cidr.slice(0, cidr.indexOf('/'));
  const lane = [`ifname=${ifName}`, 'addr_info'];
  return { query: linksIn(namespace), at: [...lane, `local=${local}`, 'local'], is: local };
}
