import type { UnderlaySpec } from '../model/host-spec.ts';
import type { IfName } from '../model/names.ts';
import { isUnseen } from '../model/unseen.ts';
import { disableIpv6, disablingText } from './disable-ipv6.ts';
import { nothing, type Resource } from './resource.ts';

/**
 * Whether the kernel has IPv6 on a member of Open vSwitch's bond. A member that came back would announce itself (MLD, router
 * solicitations) with the tunnels' MAC, though it is not the active member: the switches would then send that
 * host's packets there, where Open vSwitch drops them (lib/bond.c, bond_check_admissibility), until the host sends again: seconds.
 * Members of the kernel's own bonds have no IPv6 anyway (net/ipv6/addrconf.c: IFF_SLAVE, in newer kernels IFF_NO_ADDRCONF).
 * `at` is a netdev's name.
 */
export const memberIpv6: Resource = {
  kind: 'member-ipv6',
  timeoutMs: 5_000,
  wanted: ({ underlay }, { ipv6, links }) => {
    // Addresses that somebody configured would be lost for good.
    const isGiven = (name: string): boolean =>
      !isUnseen(links) &&
      links.some((link) => link.name === name && link.addresses.some((cidr) => cidr.includes(':')));
    const members = membersOf(underlay).filter((name) => !isGiven(name));
    // A kernel without IPv6 has nothing to turn off.
    return ipv6 === null ? [] : members.map((at) => ({ at, value: false }));
  },
  there: ({ ipv6, links }) => {
    if (isUnseen(ipv6)) return [{ at: '*', value: ipv6 }];
    if (isUnseen(links)) return [{ at: '*', value: links }];
    // A netdev that vflane made has no IPv6 for another reason.
    const own = links.filter(
      ({ kind, alias }) => kind === undefined || alias?.startsWith('vflane:') !== true,
    );
    return own.flatMap(({ name }) => (ipv6?.[name] === undefined ? [] : [{ at: name, value: ipv6[name] }]));
  },
  move: (at, _from, to) =>
    to === null ? nothing : { actions: [{ write: disableIpv6(at), text: disablingText(to as boolean) }] },
  settled: (at, to) => (to === null ? [] : [{ read: disableIpv6(at), is: disablingText(to as boolean) }]),
  why: (_from, to) =>
    to === true
      ? 'Let the ports have IPv6 again.'
      : 'Disable IPv6 on the bond’s members: the kernel would announce the host through an idle one, and the switches would believe it.',
};

/** The members of Open vSwitch's bond, if there is one; a single port cannot take another's traffic. */
export function membersOf(underlay: UnderlaySpec | undefined): readonly IfName[] {
  const members = underlay?.bridge?.members ?? [];
  return members.length < 2 ? [] : members.flatMap(({ name, dpdk }) => (dpdk === undefined ? [name] : []));
}
