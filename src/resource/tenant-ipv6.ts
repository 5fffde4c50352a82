import { isUnseen, type Unseen } from '../model/host-state.ts';
import type { Json } from '../model/json.ts';
import { bridge } from './bridge.ts';
import { guestTap } from './guest-tap.ts';
import { representor } from './representor.ts';
import { nothing, type Placed, type Resource } from './resource.ts';
import { vethPort } from './veth-port.ts';
import { vlanLink } from './vlan-link.ts';

type Ipv6 = {
  /** The key of what the netdev is: `veth-port web-0df1`. */
  readonly of: string;
  readonly ipv6: boolean;
};

/**
 * Whether the host has IPv6 on the netdevs that a tenant's frames come in by. With it the kernel gives each an address of
 * its own, announces it there, and takes routes from whoever calls itself a router (facts §17). `at` is the netdev's name.
 * @param kinds what makes such netdevs
 */
function tenantIpv6(kind: string, kinds: readonly Resource[]): Resource {
  return {
    kind,
    timeoutMs: 5_000,
    attribute: true,
    wanted: (spec, state) => {
      // A kernel without IPv6 has nothing to be turned off.
      if (state.ipv6 === null) return [];
      const reachable = new Set<string>(spec.overlay?.tenantPorts);
      return [...made(kinds, (one) => one.wanted(spec, state))]
        .filter(([name]) => reachable.has(name))
        .map(([at, of]) => ({ at, value: { of, ipv6: false } }));
    },
    there: (state) => {
      const { ipv6 } = state;
      if (isUnseen(ipv6)) return [{ at: '*', value: ipv6 }];
      return [...made(kinds, (one) => one.there(state))].flatMap(
        ([at, of]): readonly Placed<Json | Unseen>[] => {
          const seen = ipv6?.[at];
          if (seen === undefined) return [];
          return [{ at, value: isUnseen(seen) ? seen : { of, ipv6: seen } }];
        },
      );
    },
    standsOn: (_at, value) => [(value as Ipv6).of],
    replaced: (from, to) => (from as Ipv6).of !== (to as Ipv6).of,
    move: (at, _from, to) =>
      to === null ? nothing : { actions: [{ write: pathOf(at), text: textOf(to as Ipv6) }] },
    settled: (at, to) => (to === null ? [] : [{ read: pathOf(at), is: textOf(to as Ipv6) }]),
    why: () =>
      'Take IPv6 off the netdevs that tenants reach: the host would have an address there, and listen to routers.',
  };
}

/** At once after they come up, and before anybody hears them. */
export const representorIpv6 = tenantIpv6('representor-ipv6', [representor]);

/** The others: a port of a userspace bridge is of the same kind as a tap, so that the bridge counts. */
export const portIpv6 = tenantIpv6('port-ipv6', [vethPort, guestTap, vlanLink, bridge]);

/** Netdev → the key of what it is. */
function made(
  kinds: readonly Resource[],
  placesOf: (kind: Resource) => readonly Placed<Json | Unseen>[],
): ReadonlyMap<string, string> {
  return new Map(
    kinds.flatMap((one) =>
      placesOf(one)
        .filter(({ value }) => !isUnseen(value))
        .map(({ at, value }) => [nameOf(at, value), `${one.kind} ${at}`] as const),
    ),
  );
}

/** A representor's place is its VF's, and its name a part of its value. */
function nameOf(at: string, value: Json | Unseen): string {
  return at.includes('/') ? (value as { readonly name: string }).name : at;
}

function pathOf(netdev: string): string {
  return `/proc/sys/net/ipv6/conf/${netdev}/disable_ipv6`;
}

function textOf({ ipv6 }: Ipv6): string {
  return ipv6 ? '0' : '1';
}
