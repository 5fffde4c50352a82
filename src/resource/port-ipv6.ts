import type { Json } from '../model/json.ts';
import { isUnseen, type Unseen } from '../model/unseen.ts';
import { bridge } from './bridge.ts';
import { disableIpv6, disablingText, whyNoIpv6 } from './disable-ipv6.ts';
import { nothing, type Placed, type Resource } from './resource.ts';
import { tapPort } from './tap-port.ts';
import { vethPort } from './veth-port.ts';
import { vlanLink } from './vlan-link.ts';

type Ipv6 = {
  /** The key of the resource that makes the netdev: `veth-port web-0df1`. */
  readonly of: string;
  readonly ipv6: boolean;
};

/**
 * Whether the host has IPv6 on a netdev that vflane made and a tenant's frames come in by: a port of a network's bridge, or
 * the bridge's own. `at` is its name.
 */
export const portIpv6: Resource = {
  kind: 'port-ipv6',
  timeoutMs: 5_000,
  attribute: true,
  wanted: (spec, state) => {
    // A kernel without IPv6 has nothing to turn off.
    if (state.ipv6 === null) return [];
    const reachable = new Set<string>(spec.overlay?.tenantPorts);
    return [...made((kind) => kind.wanted(spec, state))]
      .filter(([name]) => reachable.has(name))
      .map(([at, of]) => ({ at, value: { of, ipv6: false } }));
  },
  there: (state) => {
    const { ipv6 } = state;
    if (isUnseen(ipv6)) return [{ at: '*', value: ipv6 }];
    return [...made((kind) => kind.there(state))].flatMap(([at, of]): readonly Placed<Json | Unseen>[] => {
      const seen = ipv6?.[at];
      if (seen === undefined) return [];
      return [{ at, value: isUnseen(seen) ? seen : { of, ipv6: seen } }];
    });
  },
  standsOn: (_at, value) => (value === null ? [] : [(value as Ipv6).of]),
  replaced: (from, to) => (from as Ipv6).of !== (to as Ipv6).of,
  move: (at, _from, to) =>
    to === null ? nothing : { actions: [{ write: disableIpv6(at), text: disablingText((to as Ipv6).ipv6) }] },
  settled: (at, to) => (to === null ? [] : [{ read: disableIpv6(at), is: disablingText((to as Ipv6).ipv6) }]),
  why: () => `Disable IPv6 on the netdevs that tenants reach: ${whyNoIpv6}`,
};

/** The place of each is its netdev's name. A userspace bridge's own port is also a tap: the bridge counts. */
const kinds: readonly Resource[] = [vethPort, tapPort, vlanLink, bridge];

/** Netdev → the key of the resource that makes it. */
function made(placesOf: (kind: Resource) => readonly Placed<Json | Unseen>[]): ReadonlyMap<string, string> {
  return new Map(
    kinds.flatMap((one) =>
      placesOf(one)
        .filter(({ value }) => !isUnseen(value))
        .map(({ at }) => [at, `${one.kind} ${at}`] as const),
    ),
  );
}
