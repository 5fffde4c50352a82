import { laneAt, lanePlace, linksIn, placedIn, standsInNamespace } from './guest-place.ts';
import { nothing, type Resource } from './resource.ts';

/** Whether `lo` is up in a guest's namespace: the kernel creates it down. */
export const netnsLoopback: Resource = {
  kind: 'netns-loopback',
  timeoutMs: 5_000,
  attribute: true,
  transaction: 'namespace',
  fresh: false,
  wanted: (spec) =>
    spec.guests
      .filter((guest) => guest.kind === 'netns')
      .map((guest) => ({ at: laneAt(guest.name, 'lo'), value: true })),
  there: (state) =>
    placedIn(state, (links, namespace) =>
      links
        .filter((link) => namespace !== null && link.name === 'lo')
        .map((link) => ({ at: laneAt(namespace, link.name), value: link.up })),
    ),
  standsOn: (at) => standsInNamespace(lanePlace(at).namespace),
  move: (at, _from, to) => {
    const { namespace, ifName } = lanePlace(at);
    if (to === null || namespace === null) return nothing;
    return { namespace, batch: [`link set dev ${ifName} ${to ? 'up' : 'down'}`] };
  },
  settled: (at, to) => {
    const { namespace, ifName } = lanePlace(at);
    const up = { query: linksIn(namespace), at: [`ifname=${ifName}`, 'flags', '=UP'] };
    return [{ ...up, is: to === true ? 'UP' : null }];
  },
  together: (at) => lanePlace(at).namespace ?? '',
  why: (_from, to) =>
    to === null
      ? 'The loopback goes with its namespace: there is nothing to run, but the way back brings it up again.'
      : 'Bring up the guest’s loopback.',
};
