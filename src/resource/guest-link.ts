import type { Json } from '../model/json.ts';
import type { Text } from '../model/plan.ts';
import { laneAt, lanePlace, linksIn, localLanes, placedIn } from './guest-place.ts';
import { nothing, type Resource } from './resource.ts';

type Link = { readonly mtu: number; readonly up: boolean };

/** The one VF of a lane inside its guest: its MTU in bytes, and whether it is up. A bond has its own. */
export const guestLink: Resource = {
  kind: 'guest-link',
  transaction: 'namespace',
  timeoutMs: 10_000,
  wanted: (spec) =>
    localLanes(spec)
      .filter(({ lane }) => lane.members.length < 2)
      .map(({ lane, namespace }) => ({
        at: laneAt(namespace, lane.bond),
        value: { mtu: lane.mtu, up: true },
      })),
  there: (state) =>
    placedIn(state, (links, namespace) =>
      links
        .filter((link) => link.name !== 'lo' && !link.bond)
        .map((link) => ({ at: laneAt(namespace, link.name), value: { mtu: link.mtu, up: link.up } })),
    ),
  attribute: true,
  standsOn: (at) => [`netns-vf ${at}`, `guest-veth ${at}`],
  move: (at, _from, to) => {
    const { namespace, ifName } = lanePlace(at);
    if (to === null) return nothing;
    return { batch: [line(ifName, to as Link)], ...(namespace === null ? {} : { namespace }) };
  },
  settled: (at, to) => (to === null ? [] : probes(at, to as Link)),
  together: (at) => lanePlace(at).namespace ?? '',
  why: () => 'Bring the guest’s lanes up, with the MTU of their networks.',
};

function line(name: string, { mtu, up }: Link): Text {
  return `link set dev ${name} mtu ${mtu} ${up ? 'up' : 'down'}`;
}

function probes(at: string, { mtu, up }: Link) {
  const { namespace, ifName } = lanePlace(at);
  const query = linksIn(namespace);
  const is: Json = up ? 'UP' : null;
  return [
    { query, at: [`ifname=${ifName}`, 'mtu'], is: mtu },
    { query, at: [`ifname=${ifName}`, 'flags', '=UP'], is },
  ];
}
