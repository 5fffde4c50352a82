import type { HostSpec } from '../model/host-spec.ts';
import type { Json } from '../model/json.ts';
import type { Probe } from '../model/plan.ts';
import { isUnseen, type Unseen } from '../model/unseen.ts';
import { ipIn, laneAt, lanePlace } from './guest-place.ts';
import { nothing, type Placed, type Resource } from './resource.ts';

/** The metric of a guest's first lane with a gateway; each further lane has one more, so that no two routes are the same. */
const firstMetric = 100;

/**
 * The default routes of a guest in a namespace: `10.3.0.1 metric 100`, sorted. A guest in the host's own namespace gets none: its
 * default route is the operator's.
 */
export const guestRoute: Resource = {
  kind: 'guest-route',
  transaction: 'namespace',
  timeoutMs: 10_000,
  wanted: wantedOf,
  there: (state) =>
    Object.entries(state.routes).flatMap(([namespace, routes]): readonly Placed<Json | Unseen>[] => {
      if (isUnseen(routes)) return [{ at: laneAt(namespace, '*'), value: routes }];
      const netdevs = [...new Set(routes.map((route) => route.netdev))];
      return netdevs.map((netdev) => ({
        at: laneAt(namespace, netdev),
        value: routes
          .filter((route) => route.netdev === netdev)
          .map(({ gateway, metric }) => `${gateway} metric ${metric}`)
          .sort(),
      }));
    }),
  // The kernel removes a route with the address by which its gateway is reached.
  reads: (at) => [`guest-address ${at}`],
  standsOn: (at) => [`guest-bond ${at}`, `netns-vf ${at}`, `guest-veth ${at}`, `guest-address ${at}`],
  move: (at, from, to) => {
    const { namespace, ifName } = lanePlace(at);
    const [before, after] = [listed(from), listed(to)];
    const added = after.filter((route) => !before.includes(route));
    const gone = before.filter((route) => !after.includes(route));
    // A replaced route of the same metric would already be gone when it is to be deleted.
    const batch = [
      ...gone.map((route) => `route del default via ${words(route, ifName)}`),
      ...added.map((route) => `route replace default via ${words(route, ifName)}`),
    ];
    if (batch.length === 0) return nothing;
    return { batch, ...(namespace === null ? {} : { namespace }) };
  },
  settled: (at, to) => listed(to).map((route) => probe(at, route)),
  together: (at) => lanePlace(at).namespace ?? '',
  why: (_from, to) =>
    to === null ? 'Remove the guest’s default route.' : 'Give the guest its default route.',
};

function wantedOf(spec: HostSpec): readonly Placed<Json>[] {
  const guests = spec.guests.filter((guest) => guest.kind === 'netns');
  return guests.flatMap(({ name, lanes }) =>
    lanes
      .filter((lane) => lane.gateways.length > 0 && !lane.dhcp)
      .map((lane, place) => ({
        at: laneAt(name, lane.bond),
        value: lane.gateways.map((gateway) => `${gateway} metric ${firstMetric + place}`).sort(),
      })),
  );
}

function listed(value: Json): readonly string[] {
  return value === null ? [] : (value as readonly string[]);
}

/** `10.3.0.1 metric 100` → `10.3.0.1 dev storage metric 100`. The gateway determines the family (iproute2, ip/iproute.c). */
function words(route: string, netdev: string): string {
  return route.replace(' metric', ` dev ${netdev} metric`);
}

function probe(at: string, route: string): Probe {
  const { namespace, ifName } = lanePlace(at);
  const gateway = route.slice(0, route.indexOf(' '));
  const six = route.includes(':') ? ['-6'] : [];
  return {
    query: [...ipIn(namespace), ...six, '-j', 'route', 'show', 'default', 'dev', ifName],
    at: [`gateway=${gateway}`, 'gateway'],
    is: gateway,
  };
}
