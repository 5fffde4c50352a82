import {
  arp,
  type Bytes,
  frame,
  hexBytes,
  icmp6,
  ip,
  ipBytes,
  macBytes,
  udp,
  vxlanHeader,
} from './frames.ts';
import { addressesOf, ipv4Of, ipv6Of, type Station } from './station.ts';

/** One way in which a guest may try to reach what it must not, or, within its network, what it must. */
export interface Attack {
  /** As a column and in JSON. */
  readonly name: string;
  /** Ordinary traffic: within its own network it has to arrive, or nothing is proved. */
  readonly isTraffic?: true;
  /** Whether vflane promises that it does not arrive within the network; between networks nothing may arrive. */
  heldWithin(from: Station): boolean;
  /** The frames, each containing `tell`; none if it cannot be tried between these two. */
  frames(from: Station, to: Station, tell: Bytes): readonly string[];
}

const broadcast = 'ff:ff:ff:ff:ff:ff';
/** Locally administered, and nobody's. */
const nobody = '02:de:ad:00:00:01';
const allNodes = { v4: '224.0.0.1', mac4: '01:00:5e:00:00:01', v6: 'ff02::1', mac6: '33:33:00:00:00:01' };
const discard = { from: 40_009, to: 9 };

const never = () => false;

/** A datagram from one address to another, containing the tell. */
function datagram(
  hop: { readonly src: string; readonly dst: string; readonly vlan?: number },
  [from, to]: readonly [string, string],
  tell: Bytes,
  ports = discard,
): string {
  return ip(hop, { from, to, protocol: 17 }, udp({ from, to }, ports, tell));
}

/** Another address of its subnet, most likely. */
function neighbourOf(address: string): string {
  const [last = ''] = /[0-9a-f]+$/.exec(address) ?? [];
  const [base, limit] = address.includes(':') ? [16, 0xfffe] : [10, 253];
  const number = Number.parseInt(last || '0', base);
  return `${address.slice(0, address.length - last.length)}${((number + 57) % limit || 1).toString(base)}`;
}

/** Derived from the MAC (RFC 4291, appendix A). */
function linkLocal(mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = macBytes(mac);
  const word = (high: number, low: number): string => ((high << 8) | low).toString(16);
  return `fe80::${word(a ^ 2, b)}:${word(c, 0xff)}:${word(0xfe, d)}:${word(e, f)}`;
}

const traffic: readonly Attack[] = [
  {
    name: 'unicast',
    frames: (from: Station, to: Station, tell: Bytes) => {
      const pair = addressesOf(from, to);
      return pair === undefined ? [] : [datagram({ src: from.end.mac, dst: to.end.mac }, pair, tell)];
    },
  },
  {
    name: 'ARP/ND',
    frames: (from: Station, to: Station, tell: Bytes) => [
      ...asks(from, to, tell),
      ...solicits(from, to, tell),
    ],
  },
  {
    name: 'broadcast',
    frames: (from: Station, _to: Station, tell: Bytes) => {
      const mine = ipv4Of(from);
      if (mine === undefined) return [];
      return [datagram({ src: from.end.mac, dst: broadcast }, [mine, '255.255.255.255'], tell)];
    },
  },
  {
    name: 'multicast',
    frames: (from: Station, _to: Station, tell: Bytes) => {
      const [v4, v6] = [ipv4Of(from), ipv6Of(from)];
      const src = from.end.mac;
      return [
        ...(v4 ? [datagram({ src, dst: allNodes.mac4 }, [v4, allNodes.v4], tell)] : []),
        ...(v6 ? [datagram({ src, dst: allNodes.mac6 }, [v6, allNodes.v6], tell)] : []),
      ];
    },
  },
].map((one) => ({ ...one, isTraffic: true as const, heldWithin: never }));

function asks(from: Station, to: Station, tell: Bytes): readonly string[] {
  const [mine, theirs] = [ipv4Of(from), ipv4Of(to)];
  if (mine === undefined || theirs === undefined) return [];
  const { mac } = from.end;
  return [arp({ src: mac, dst: broadcast }, { op: 1, sha: mac, spa: mine, tpa: theirs }, tell)];
}

/** To the solicited-node address (RFC 4291, 2.7.1), with an option for experiments (RFC 4727, 5.1.3) that holds the tell. */
function solicits(from: Station, to: Station, tell: Bytes): readonly string[] {
  const [mine, theirs] = [ipv6Of(from), ipv6Of(to)];
  if (mine === undefined || theirs === undefined) return [];
  const low = ipBytes(theirs).slice(13);
  const hex = low.map((byte) => byte.toString(16).padStart(2, '0'));
  const group = `ff02::1:ff${hex[0]}:${hex[1]}${hex[2]}`;
  const body = [0, 0, 0, 0, ...ipBytes(theirs), ...experiment(tell)];
  const hop = { src: from.end.mac, dst: `33:33:ff:${hex.join(':')}` };
  const packet = { from: mine, to: group, protocol: 58, hopLimit: 255 };
  return [ip(hop, packet, icmp6(packet, 135, body))];
}

function experiment(tell: Bytes): Bytes {
  return [253, 2, ...tell, 0, 0];
}

const forged: readonly Attack[] = [
  {
    name: 'forged MAC',
    heldWithin: ({ heldTo }) => heldTo.mac,
    frames: (from, to, tell) => {
      const pair = addressesOf(from, to);
      return pair === undefined ? [] : [datagram({ src: nobody, dst: to.end.mac }, pair, tell)];
    },
  },
  {
    name: 'forged IP',
    heldWithin: ({ heldTo }) => heldTo.address,
    frames: (from, to, tell) => {
      const [, theirs] = addressesOf(from, to) ?? [];
      if (theirs === undefined) return [];
      return [datagram({ src: from.end.mac, dst: to.end.mac }, [neighbourOf(theirs), theirs], tell)];
    },
  },
  {
    name: 'VLAN tag',
    heldWithin: ({ tunnel }) => tunnel !== undefined,
    frames: (from, to, tell) => {
      const pair = addressesOf(from, to);
      const vlan = (to.id & 0xfff) % 4095 || 1;
      return pair === undefined ? [] : [datagram({ src: from.end.mac, dst: to.end.mac, vlan }, pair, tell)];
    },
  },
  {
    name: 'VXLAN, VNI',
    heldWithin: never,
    frames: (from, to, tell) =>
      wrapped(from, to, tell, (mine) => [
        [mine, to.tunnel?.local ?? ''],
        [mine, from.tunnel?.local ?? ''],
      ]),
  },
  {
    name: 'VXLAN, peer',
    heldWithin: never,
    frames: (from, to, tell) =>
      wrapped(from, to, tell, () =>
        (from.tunnel?.peers ?? []).map((peer) => [peer, from.tunnel?.local ?? '']),
      ),
  },
];

/** A frame of the other network, in a datagram that one of the host's tunnels might take for its own. */
function wrapped(
  from: Station,
  to: Station,
  tell: Bytes,
  outer: (mine: string) => readonly (readonly [string, string])[],
): readonly string[] {
  const theirs = to.end.addresses[0];
  const mine = from.end.addresses[0];
  if (from.tunnel === undefined || theirs === undefined || mine === undefined || from.network === to.network)
    return [];
  const inner = hexBytes(datagram({ src: nobody, dst: to.end.mac }, [neighbourOf(theirs), theirs], tell));
  const packet = [...vxlanHeader(to.id), ...inner];
  const pairs = outer(mine).filter(([a, b]) => a !== '' && b !== '' && a.includes(':') === b.includes(':'));
  const macs = [...new Set([...from.tunnel.macs, broadcast])];
  return pairs.flatMap((pair) =>
    macs.map((dst) => datagram({ src: from.end.mac, dst }, pair, packet, { from: 40_000, to: 4789 })),
  );
}

const roles: readonly Attack[] = [
  {
    name: 'gratuitous ARP',
    heldWithin: ({ heldTo }) => heldTo.address,
    // Only to the other guest, which knows its own address: the test spoils nobody's neighbour table.
    frames: (from, to, tell) => {
      const theirs = ipv4Of(to);
      if (theirs === undefined) return [];
      const { mac } = from.end;
      const claim = { sha: mac, spa: theirs, tpa: theirs };
      return ([1, 2] as const).map((op) => arp({ src: mac, dst: to.end.mac }, { op, ...claim }, tell));
    },
  },
  {
    name: 'rogue RA',
    heldWithin: ({ heldTo }) => heldTo.roles,
    // With a lifetime of 0 it makes nobody a router (RFC 4861, 4.2).
    frames: (from, _to, tell) => {
      const packet = { from: linkLocal(from.end.mac), to: allNodes.v6, protocol: 58, hopLimit: 255 };
      const body = [64, 0, ...new Array<number>(10).fill(0), ...experiment(tell)];
      return [ip({ src: from.end.mac, dst: allNodes.mac6 }, packet, icmp6(packet, 134, body))];
    },
  },
  {
    name: 'rogue DHCP',
    heldWithin: ({ heldTo }) => heldTo.roles,
    // With an unused transaction id (RFC 2131, 2): no client takes it for an answer.
    frames: (from, _to, tell) => {
      const mine = ipv4Of(from);
      if (mine === undefined) return [];
      const reply = [2, 1, 6, 0, ...tell, ...new Array<number>(284).fill(0)];
      const pair = [mine, '255.255.255.255'] as const;
      return [datagram({ src: from.end.mac, dst: broadcast }, pair, reply, { from: 67, to: 68 })];
    },
  },
];

/** All of them, in the order of the matrix. */
export const attacks: readonly Attack[] = [...traffic, ...forged, ...roles];

/** What is sent until everybody hears everybody: a host's first packet to another may wait for neighbour discovery, and be lost. */
export function hello(from: Station, tell: Bytes): readonly string[] {
  const mine = ipv4Of(from);
  const { mac } = from.end;
  if (mine !== undefined) return [datagram({ src: mac, dst: broadcast }, [mine, '255.255.255.255'], tell)];
  const v6 = ipv6Of(from);
  return v6 === undefined
    ? [frame({ src: mac, dst: broadcast }, 0x88b5, tell)]
    : [datagram({ src: mac, dst: allNodes.mac6 }, [v6, allNodes.v6], tell)];
}
