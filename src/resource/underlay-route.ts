import ipaddr from 'ipaddr.js';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { nothing, type Resource } from './resource.ts';

type Route = {
  readonly via: string;
  /** The address in whose subnet the next hop is, `bond0/192.168.9.1/24`; '' if there is none. */
  readonly by: string;
};

/** A route to tunnel ends that are not neighbours. `at` is the destination. */
export const underlayRoute: Resource = {
  kind: 'underlay-route',
  timeoutMs: 10_000,
  wanted: (spec, state) =>
    (spec.underlay?.routes ?? []).map(({ to, via }) => ({
      at: to,
      value: { via, by: wantedBy(spec, state, via) },
    })),
  there: (state) => {
    const { hostRoutes } = state;
    if (hostRoutes === undefined) return [];
    if (isUnseen(hostRoutes)) return [{ at: '*', value: hostRoutes }];
    return hostRoutes.map(({ to, via, netdev }) => ({
      at: to,
      value: { via, by: seenBy(state, netdev, via) },
    }));
  },
  // With the last address of a netdev the kernel also removes its routes (net/ipv4/fib_frontend.c, fib_disable_ip).
  standsOn: (_at, value) => [`underlay-address ${(value as Route).by}`],
  move: (at, from, to) => {
    if (to !== null) return { batch: [`route replace ${at} via ${(to as Route).via}`] };
    return from === null ? nothing : { batch: [`route del ${at} via ${(from as Route).via}`] };
  },
  settled: () => [],
  why: (_from, to) =>
    to === null
      ? 'Remove the routes to the other tunnel ends.'
      : 'Add routes to the tunnel ends on other subnets.',
};

/** An address that the host provides is looked up where it is. */
function wantedBy({ underlay }: HostSpec, state: HostState, via: string): string {
  const { netdev, address } = underlay ?? {};
  if (netdev === undefined) return seenBy(state, undefined, via);
  return address === undefined ? seenBy(state, netdev, via) : `${netdev}/${address}`;
}

function seenBy({ links }: HostState, netdev: string | undefined, via: string): string {
  if (isUnseen(links)) return '';
  const places = links
    .filter(({ name }) => netdev === undefined || name === netdev)
    .flatMap(({ name, addresses }) => addresses.map((cidr) => ({ at: `${name}/${cidr}`, cidr })));
  return places.find(({ cidr }) => reaches(cidr, via))?.at ?? '';
}

function reaches(cidr: string, via: string): boolean {
  const [hop, [own, prefix]] = [ipaddr.parse(via), ipaddr.parseCIDR(cidr)];
  return own.kind() === hop.kind() && hop.match(own, prefix);
}
