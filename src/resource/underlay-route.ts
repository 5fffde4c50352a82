import { isUnseen } from '../model/host-state.ts';
import { nothing, type Resource } from './resource.ts';

/** A route to tunnel ends that are not neighbours. `at` is the destination, and the value the next hop. */
export const underlayRoute: Resource = {
  kind: 'underlay-route',
  timeoutMs: 10_000,
  wanted: ({ underlay }) => (underlay?.routes ?? []).map(({ to, via }) => ({ at: to, value: via })),
  there: ({ hostRoutes }) => {
    if (hostRoutes === undefined) return [];
    if (isUnseen(hostRoutes)) return [{ at: '*', value: hostRoutes }];
    return hostRoutes.map(({ to, via }) => ({ at: to, value: via }));
  },
  move: (at, from, to) => {
    if (to !== null) return { batch: [`route replace ${at} via ${to}`] };
    return from === null ? nothing : { batch: [`route del ${at} via ${from}`] };
  },
  settled: () => [],
  why: (_from, to) =>
    to === null
      ? 'Take the routes to the other tunnel ends away.'
      : 'Lead to the tunnel ends that are no neighbours.',
};
