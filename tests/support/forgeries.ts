import type { GuestPortSpec } from '../../src/model/host-spec.ts';
import { asGuestName, asIfName, asMacAddress, asNetworkName } from '../../src/model/names.ts';
import * as f from './frames.ts';
import { known } from './overlay.ts';

/** A frame that no guest may send, and a legal one that differs in nothing else. */
export interface Forgery {
  readonly what: string;
  readonly forged: string;
  readonly legal: string;
  /** The sender of the forged frame, and of the legal one by default. */
  readonly by?: string;
  readonly legalBy?: string;
  /** Not even a guest without spoofchk may send it. */
  readonly always?: boolean;
}

function guestPort(number: number, more: Partial<GuestPortSpec>): GuestPortSpec {
  return {
    guest: known(asGuestName(`guest${number}`)),
    network: known(asNetworkName('household')),
    port: known(asIfName(`g${number}`)),
    mac: known(asMacAddress(`02:00:00:00:00:0${number}`)),
    addresses: [],
    dhcp: false,
    spoofchk: true,
    mtu: 1450,
    ...more,
  };
}

/** g1 and g2 have addresses, g3 leases them, g4 may use any, g5’s are unknown to vflane. */
export const guestPorts: readonly GuestPortSpec[] = [
  guestPort(1, { addresses: ['10.0.0.1/24', 'fd00::1/64'] }),
  guestPort(2, { addresses: ['10.0.0.2/24', 'fd00::2/64'] }),
  guestPort(3, { dhcp: true }),
  guestPort(4, { spoofchk: false }),
  guestPort(5, {}),
];

const me = { mac: '02:00:00:00:00:01', v4: '10.0.0.1', v6: 'fd00::1', ll: 'fe80::ff:fe00:1' };
const other = { mac: '02:00:00:00:00:02', v4: '10.0.0.2', v6: 'fd00::2', ll: 'fe80::ff:fe00:2' };
const leased = { mac: '02:00:00:00:00:03', ll: 'fe80::ff:fe00:3' };
const free = { mac: '02:00:00:00:00:05' };

const from4 = { mac: me.mac, from: me.v4, to: '10.0.0.9' };
const from6 = { mac: me.mac, from: me.v6, to: 'ff02::1' };
const fromLl = { ...from6, from: me.ll };
const fromNobody = { ...from6, from: '::' };
const lease4 = { mac: leased.mac, from: '10.0.0.77', to: '10.0.0.9' };
const lease6 = { mac: leased.mac, from: 'fd00::77', to: 'ff02::1' };
const discover = { from: '0.0.0.0', to: '255.255.255.255' };

const web = f.udp(40_000, 53);
const ownArp = f.arp(me.mac, { sha: me.mac, spa: me.v4, tpa: '10.0.0.9' });
const ownIp = f.ipv4(from4, 17, web);
const ownIp6 = f.ipv6(from6, 17, web);
const echo6 = f.icmp(128);
const solicitation = f.icmp(133);
const advertisement = f.icmp(134, [64, 0, 7, 8, ...new Array<number>(8).fill(0)]);
const listenerReport = f.hopByHop(58, f.icmp(143));

const link: readonly Forgery[] = [
  { what: 'the MAC of another', forged: f.ipv4({ ...from4, mac: other.mac }, 17, web), legal: ownIp },
  {
    what: 'a group MAC as its own',
    forged: f.ipv4({ ...from4, mac: '03:00:00:00:00:01' }, 17, web),
    legal: ownIp,
  },
  { what: 'an EtherType nobody checks', forged: f.frame(me.mac, f.broadcast, 0x8899, []), legal: ownIp },
  ...[
    { what: 'a VLAN of its choice', header: f.tag(0x8100, 20) },
    { what: 'a priority tag', header: f.tag(0x8100, 0xa000) },
    { what: 'a service VLAN', header: f.tag(0x88a8, 20) },
  ].map(({ what, header }) => ({
    what,
    forged: f.ipv4({ ...from4, tag: header }, 17, web),
    legal: ownIp,
    always: true,
  })),
  ...[
    { what: 'a spanning tree', dst: '01:80:c2:00:00:00', type: 0x0026, body: [0x42, 0x42, 3] },
    { what: 'LACP', dst: '01:80:c2:00:00:02', type: 0x8809, body: [1, 1] },
    { what: 'LLDP', dst: '01:80:c2:00:00:0e', type: 0x88cc, body: [2, 7] },
  ].map(({ what, dst, type, body }) => ({
    what,
    forged: f.frame(me.mac, dst, type, body),
    legal: ownArp,
    always: true,
  })),
  {
    what: 'IP to a link’s reserved group',
    forged: f.ipv4({ ...from4, dst: '01:80:c2:00:00:0e' }, 17, web),
    legal: f.ipv4({ ...from4, dst: '01:00:5e:00:00:0e' }, 17, web),
    always: true,
  },
];

const announce = (address: string) => f.arp(me.mac, { sha: me.mac, spa: address, tpa: address });
const probe = (tpa: string) => f.arp(me.mac, { sha: me.mac, spa: '0.0.0.0', tpa });

const arp: readonly Forgery[] = [
  {
    what: 'ARP with the MAC of another',
    forged: f.arp(me.mac, { sha: other.mac, spa: me.v4, tpa: '10.0.0.9' }),
    legal: ownArp,
  },
  {
    what: 'ARP with the address of another',
    forged: f.arp(me.mac, { sha: me.mac, spa: other.v4, tpa: '10.0.0.9' }),
    legal: ownArp,
  },
  {
    what: 'an ARP reply for another',
    forged: f.arp(me.mac, { op: 2, sha: me.mac, spa: other.v4, tpa: '10.0.0.9' }),
    legal: f.arp(me.mac, { op: 2, sha: me.mac, spa: me.v4, tpa: '10.0.0.9' }),
  },
  { what: 'a gratuitous ARP for another', forged: announce(other.v4), legal: announce(me.v4) },
  { what: 'an ARP probe for another', forged: probe(other.v4), legal: probe(me.v4) },
];

const addresses: readonly Forgery[] = [
  {
    what: 'the IPv4 address of another',
    forged: f.ipv4({ ...from4, from: other.v4 }, 17, web),
    legal: ownIp,
  },
  {
    what: 'the IPv6 address of another',
    forged: f.ipv6({ ...from6, from: other.v6 }, 17, web),
    legal: ownIp6,
  },
  {
    what: 'the link-local address of another',
    forged: f.ipv6({ ...fromLl, from: other.ll }, 17, web),
    legal: f.ipv6(fromLl, 17, web),
  },
];

const server4 = f.udp(67, 68);
const dhcp: readonly Forgery[] = [
  { what: 'a DHCP answer', forged: f.ipv4(from4, 17, server4), legal: ownIp },
  { what: 'a DHCP answer from another port', forged: f.ipv4(from4, 17, f.udp(1067, 68)), legal: ownIp },
  { what: 'what a DHCP server sends a relay', forged: f.ipv4(from4, 17, f.udp(67, 67)), legal: ownIp },
  {
    what: 'a DHCP request without dhcp',
    forged: f.ipv4({ mac: me.mac, ...discover }, 17, f.udp(68, 67)),
    legal: f.ipv4({ mac: leased.mac, ...discover }, 17, f.udp(68, 67)),
    legalBy: 'g3',
  },
  {
    what: 'a DHCPv6 answer',
    forged: f.ipv6(fromLl, 17, f.udp(547, 546)),
    legal: f.ipv6(fromLl, 17, f.udp(546, 547)),
  },
  {
    what: 'a DHCPv6 answer from another port',
    forged: f.ipv6(fromLl, 17, f.udp(40_000, 546)),
    legal: f.ipv6(fromLl, 17, f.udp(40_000, 547)),
  },
  {
    what: 'what a DHCPv6 server sends a relay',
    forged: f.ipv6(fromLl, 17, f.udp(547, 547)),
    legal: f.ipv6(fromLl, 17, f.udp(546, 547)),
  },
];

const routers: readonly Forgery[] = [
  {
    what: 'a router advertisement',
    forged: f.ipv6(fromLl, 58, advertisement, 255),
    legal: f.ipv6(fromLl, 58, solicitation, 255),
  },
  {
    what: 'a router advertisement behind an option',
    forged: f.ipv6(fromLl, 0, f.hopByHop(58, advertisement), 255),
    legal: f.ipv6(fromLl, 0, listenerReport, 1),
  },
  {
    what: 'a router advertisement in fragments',
    forged: f.ipv6(fromLl, 44, f.firstFragment(58, advertisement), 255),
    legal: f.ipv6(fromLl, 44, f.firstFragment(58, echo6), 64),
  },
  {
    what: 'a fragment that hides what it carries',
    forged: f.ipv6(fromLl, 44, f.firstFragment(60, f.destinationOptions(58, [], 3)), 255),
    legal: f.ipv6(fromLl, 44, f.firstFragment(60, f.destinationOptions(17, web)), 64),
  },
  {
    what: 'the same as the kernel sees it: no next header',
    forged: f.ipv6(fromLl, 44, f.firstFragment(59, web)),
    legal: f.ipv6(fromLl, 44, f.firstFragment(17, web)),
  },
  {
    what: 'a redirect',
    forged: f.ipv6(fromLl, 58, f.icmp(137), 255),
    legal: f.ipv6(fromLl, 58, echo6, 255),
  },
];

const ask = (sll: readonly (readonly [number, string])[]) => f.nd(from6, 135, other.v6, sll);
const tell = (target: string, tll: string) => f.nd(from6, 136, target, [[f.lla.target, tll]]);
const mine = [f.lla.source, me.mac] as const;

const neighbours: readonly Forgery[] = [
  {
    what: 'a solicitation from the address of another',
    forged: f.nd({ ...from6, from: other.v6 }, 135, 'fd00::9', [mine]),
    legal: ask([mine]),
  },
  {
    what: 'a solicitation without a MAC from the address of another',
    forged: f.nd({ ...from6, from: other.v6 }, 135, 'fd00::9'),
    legal: ask([]),
  },
  {
    what: 'a solicitation with the MAC of another',
    forged: ask([[f.lla.source, other.mac]]),
    legal: ask([]),
  },
  {
    what: 'a solicitation with two MACs',
    forged: ask([[f.lla.source, other.mac], mine]),
    legal: ask([mine]),
  },
  {
    what: 'an advertisement for another',
    forged: tell(other.v6, me.mac),
    legal: tell(me.v6, me.mac),
  },
  {
    what: 'an advertisement for another without a MAC',
    forged: f.nd(from6, 136, other.v6),
    legal: f.nd(from6, 136, me.ll),
  },
  {
    what: 'an advertisement with the MAC of another',
    forged: tell(me.v6, other.mac),
    legal: tell(me.v6, me.mac),
  },
  {
    what: 'an advertisement with two MACs',
    forged: f.nd(from6, 136, me.v6, [
      [f.lla.target, other.mac],
      [f.lla.target, me.mac],
    ]),
    legal: tell(me.ll, me.mac),
  },
  {
    what: 'duplicate address detection of another’s address',
    forged: f.nd(fromNobody, 135, other.v6),
    legal: f.nd(fromNobody, 135, me.v6),
  },
  {
    what: 'duplicate address detection of another’s link-local address',
    forged: f.nd(fromNobody, 135, other.ll),
    legal: f.nd(fromNobody, 135, me.ll),
  },
  {
    what: 'duplicate address detection that names a MAC',
    forged: f.nd(fromNobody, 135, me.v6, [[f.lla.source, other.mac]]),
    legal: f.nd(fromNobody, 135, me.v6),
  },
  {
    what: 'anything from no address but what has none yet',
    forged: f.ipv6(fromNobody, 58, echo6),
    legal: f.ipv6(fromNobody, 58, solicitation, 255),
  },
  {
    what: 'an advertisement for the link-local address of another',
    forged: tell(other.ll, me.mac),
    legal: f.nd(from6, 136, me.v6),
  },
  ...[
    { what: 'an MLDv1 report as another', message: f.hopByHop(58, f.icmp(131)) },
    { what: 'an MLDv1 done as another', message: f.hopByHop(58, f.icmp(132)) },
    { what: 'an MLDv2 report as another', message: listenerReport },
  ].map(({ what, message }) => ({
    what,
    forged: f.ipv6({ ...from6, from: other.ll }, 0, message, 1),
    legal: f.ipv6(fromNobody, 0, message, 1),
  })),
];

/** If vflane cannot know the addresses, everything else is still enforced. */
const unknownAddresses: readonly Forgery[] = [
  {
    what: 'a MAC not leased with the address',
    forged: f.ipv4({ ...lease4, mac: me.mac }, 17, web),
    legal: f.ipv4(lease4, 17, web),
    by: 'g3',
  },
  {
    what: 'ARP with a MAC that is not the lessee’s',
    forged: f.arp(leased.mac, { sha: me.mac, spa: lease4.from, tpa: '10.0.0.9' }),
    legal: f.arp(leased.mac, { sha: leased.mac, spa: lease4.from, tpa: '10.0.0.9' }),
    by: 'g3',
  },
  {
    what: 'an advertisement with a MAC that is not the lessee’s',
    forged: f.nd(lease6, 136, lease6.from, [[f.lla.target, me.mac]]),
    legal: f.nd(lease6, 136, lease6.from, [[f.lla.target, leased.mac]]),
    by: 'g3',
  },
  {
    what: 'an advertisement with two MACs of a lessee',
    forged: f.nd(lease6, 136, lease6.from, [
      [f.lla.target, me.mac],
      [f.lla.target, leased.mac],
    ]),
    legal: f.nd(lease6, 136, lease6.from),
    by: 'g3',
  },
  {
    what: 'a solicitation with a MAC that is not the lessee’s',
    forged: f.nd(lease6, 135, other.v6, [[f.lla.source, me.mac]]),
    legal: f.nd(lease6, 135, other.v6, [[f.lla.source, leased.mac]]),
    by: 'g3',
  },
  {
    what: 'a solicitation with two MACs of a lessee',
    forged: f.nd(lease6, 135, other.v6, [
      [f.lla.source, me.mac],
      [f.lla.source, leased.mac],
    ]),
    legal: f.nd(lease6, 135, other.v6),
    by: 'g3',
  },
  {
    what: 'a DHCP answer of a lessee',
    forged: f.ipv4(lease4, 17, server4),
    legal: f.ipv4(lease4, 17, f.udp(68, 67)),
    by: 'g3',
  },
  {
    what: 'a router advertisement of a lessee',
    forged: f.ipv6({ ...lease6, from: leased.ll }, 58, advertisement, 255),
    legal: f.ipv6({ ...lease6, from: leased.ll }, 58, solicitation, 255),
    by: 'g3',
  },
  {
    what: 'a MAC not its own, of a guest without addresses',
    forged: f.ipv4({ ...lease4, mac: me.mac }, 17, web),
    legal: f.ipv4({ ...lease4, mac: free.mac }, 17, web),
    by: 'g5',
  },
  {
    what: 'ARP with a MAC not its own, of a guest without addresses',
    forged: f.arp(free.mac, { sha: me.mac, spa: lease4.from, tpa: '10.0.0.9' }),
    legal: f.arp(free.mac, { sha: free.mac, spa: lease4.from, tpa: '10.0.0.9' }),
    by: 'g5',
  },
  {
    what: 'a router advertisement of a guest without addresses',
    forged: f.ipv6({ ...lease6, mac: free.mac }, 58, advertisement, 255),
    legal: f.ipv6({ ...lease6, mac: free.mac }, 58, solicitation, 255),
    by: 'g5',
  },
];

export const forgeries: readonly Forgery[] = [
  ...[link, arp, addresses, dhcp].flat(),
  ...[routers, neighbours, unknownAddresses].flat(),
];
