import type { GuestPortSpec } from '../model/host-spec.ts';
import type { MacAddress } from '../model/names.ts';
import { type Flow, inPort, linkLocal, printedAddress } from './flow-line.ts';

/** The tables that a guest's frame passes: each asks one question, so that flows grow with a guest's addresses, not with their square. */
export const tables = { sender: 0, protocol: 1, icmp6: 2, neighbour: 3, source: 4 } as const;

/** `resubmit`, not `goto_table`, which OpenFlow 1.0 lacks: it stays the same whatever versions the bridge speaks. */
export const next = (table: number): string => `resubmit(,${table})`;

/** No 802.1Q or 802.1ad header at all, not even a priority tag of VLAN 0 (ovs-fields(7), vlan_tci). */
const untagged = 'vlan_tci=0x0000/0x1000';
export const noLla = '00:00:00:00:00:00';

/** What a guest may send from: its port, as flows name it, its MAC, and its addresses by family. */
interface Own {
  readonly port: string;
  readonly mac: MacAddress;
  readonly v4: readonly string[] | 'any';
  readonly v6: readonly string[] | 'any';
}

/** What one guest's port may send; without these flows, nothing, because the bridge is `fail-mode=secure`. */
export function guestFlows(guest: GuestPortSpec): readonly Flow[] {
  const port = inPort(guest.port);
  if (!guest.spoofchk) return [unchecked(port)];
  const own = { port, mac: guest.mac, v4: held(guest, 4), v6: held(guest, 6) };
  return [sender(own), ...arp(own), ...neighbourDiscovery(own), ...sources(own)];
}

/** Even a guest without address checks may not choose a VLAN: NORMAL would carry its frames into the uplink's trunk. */
function unchecked(port: string): Flow {
  return { table: tables.sender, priority: 100, match: [port, untagged], actions: 'NORMAL' };
}

/** The MAC is checked for every guest: bridges learn by it (facts §17), and vflane always knows it. */
function sender({ port, mac }: Own): Flow {
  const match = [port, untagged, `dl_src=${mac}`];
  return { table: tables.sender, priority: 100, match, actions: next(tables.protocol) };
}

/** The sender of an ARP packet is whoever its payload names (RFC 826), whatever the Ethernet header says: both MACs are checked. */
function arp({ port, mac, v4: own }: Own): readonly Flow[] {
  const sha = `arp_sha=${mac}`;
  const flow = (...match: readonly string[]): Flow => {
    return { table: tables.protocol, priority: 100, match: ['arp', port, ...match], actions: 'NORMAL' };
  };
  if (own === 'any') return [flow(sha)];
  return own.flatMap((address) => [
    flow(`arp_spa=${address}`, sha),
    // A probe for another guest's address would keep that guest from using it (RFC 5227, 2.1.1).
    flow('arp_spa=0.0.0.0', `arp_tpa=${address}`, 'arp_op=1', sha),
  ]);
}

/**
 * Solicitations and advertisements go on to the source check only with the guest's own MAC in the option or
 * without the option; an advertisement, moreover, only for the guest's own address (RFC 4861, 7.2). A solicitation without the option says
 * nothing about a guest that its source does not, and one flow of the bridge passes it on for all guests.
 */
function neighbourDiscovery({ port, mac, v6: own }: Own): readonly Flow[] {
  const targets = own === 'any' ? [[]] : own.map((address) => [`nd_target=${address}`]);
  const toSource = (...match: readonly string[]): Flow => {
    const all = ['icmp6', port, ...match];
    return { table: tables.neighbour, priority: 100, match: all, actions: next(tables.source) };
  };
  return [
    toSource('icmp_type=135', 'icmp_code=0', `nd_sll=${mac}`),
    ...targets.flatMap((target) =>
      [mac, noLla].map((lla) => toSource('icmp_type=136', 'icmp_code=0', ...target, `nd_tll=${lla}`)),
    ),
    ...(own === 'any' ? [] : own.map((address) => duplicateDetection(port, address))),
  ];
}

/** Duplicate address detection asks from `::`, without an option (RFC 4862, 5.4.2), and only for an address that the guest may have. */
function duplicateDetection(port: string, address: string): Flow {
  const nd = ['ipv6_src=::', 'icmp_type=135', 'icmp_code=0', `nd_target=${address}`, `nd_sll=${noLla}`];
  return { table: tables.neighbour, priority: 110, match: ['icmp6', port, ...nd], actions: 'NORMAL' };
}

function sources({ port, v4: own4, v6: own6 }: Own): readonly Flow[] {
  const flow = (...match: readonly string[]): Flow => {
    return { table: tables.source, priority: 100, match, actions: 'NORMAL' };
  };
  return [
    ...(own4 === 'any' ? [flow('ip', port)] : own4.map((address) => flow('ip', port, `nw_src=${address}`))),
    ...(own6 === 'any'
      ? [flow('ipv6', port)]
      : own6.map((address) => flow('ipv6', port, `ipv6_src=${address}`))),
  ];
}

/**
 * The addresses that a guest may use, or `any` if vflane cannot know them: with DHCP, and for a guest for which the file names
 * none at all, which means that its addresses are its own affair (a guest without any usable address would be mute,
 * which nobody wants). The cost: it can then take the address of another guest of its own network, as on
 * any wire; its MAC, the MACs in ARP and ND, DHCP answers and router advertisements are checked all the same. A guest with
 * addresses of only one family has in the other just the link-local one derived from its MAC: one with a random link-local
 * address (RFC 7217) must list it.
 */
function held(guest: GuestPortSpec, family: 4 | 6): readonly string[] | 'any' {
  const known = guest.addresses.map(printedAddress).filter((text) => text.includes(':') === (family === 6));
  const leased = family === 4 ? guest.dhcp : guest.dhcp6 === true;
  const nobodySays = guest.addresses.length === 0 || guest.dhcp || guest.dhcp6 === true;
  if (leased || (known.length === 0 && nobodySays)) return 'any';
  return family === 4 ? known : [...known, linkLocal(guest.mac)];
}
