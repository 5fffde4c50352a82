import type { BridgeSpec } from '../model/host-spec.ts';
import type { IfName } from '../model/names.ts';
import { type Flow, flowLine, inPort } from './flow-line.ts';
import { guestFlows, next, noLla, tables } from './guest-flows.ts';

/**
 * The OpenFlow flows that keep tenants in (facts §17), for a bridge with `fail-mode=secure`: what no flow names is
 * dropped, so that LOCAL and a port of unknown origin can send nothing.
 *
 * The lines are what `ovs-ofctl --names --no-stats dump-flows` prints, without leading space, sorted; and the standard
 * input of `ovs-ofctl --names --bundle replace-flows BRIDGE -`.
 */
export function bridgeFlows(bridge: BridgeSpec): readonly string[] {
  const { guestPorts, tunnels, uplink } = bridge;
  const fabric = [...tunnels.map((tunnel) => tunnel.port), ...(uplink ? [uplink.port] : [])];
  const checked = guestPorts.some((guest) => guest.spoofchk);
  const flows = [
    neverForwarded,
    ...fabric.map(fromFabric),
    ...(checked ? [...neverFromGuests, ...onwards, ...unspecifiedSource] : []),
    ...guestPorts.flatMap(guestFlows),
  ];
  return [...new Set(flows.map(flowLine))].sort();
}

/** STP, LACP, LLDP, 802.1X: no bridge forwards these (IEEE 802.1Q, table 8-1), and NORMAL only while forward-bpdu is off. */
const neverForwarded: Flow = {
  table: tables.sender,
  priority: 300,
  match: ['dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0'],
  actions: 'drop',
};

/** Each sender is checked where it enters the fabric; Port.protected keeps tunnels from feeding tunnels (facts §17). */
function fromFabric(port: IfName): Flow {
  return { table: tables.sender, priority: 100, match: [inPort(port)], actions: 'NORMAL' };
}

const drop = (table: number, ...match: readonly string[]): Flow => {
  return { table, priority: 200, match, actions: 'drop' };
};

/**
 * What would make a guest an authority on the network, whatever address it has. ICMP redirects of IPv4 are left out: they count
 * only from the gateway's address (RFC 1122, 3.2.2.2), and matching their type would keep every ping out of a card's tables.
 */
const neverFromGuests: readonly Flow[] = [
  // A DHCP server: by its own port (RFC 2131, 4.1), and by the client's, because clients do not check the former. OVS
  // matches no port of a fragment (ovs-ofctl(8), set-frags), but a client without an address reads no fragments.
  drop(tables.protocol, 'udp', 'tp_src=67'),
  drop(tables.protocol, 'udp', 'tp_dst=68'),
  // The same for DHCPv6, whose servers may send from any port (RFC 8415, 7.2; RFC 7610, 5).
  drop(tables.protocol, 'udp6', 'tp_src=547'),
  drop(tables.protocol, 'udp6', 'tp_dst=546'),
  // A first fragment that ends before its header chain does hides what it carries (RFC 7112; RFC 7113, 2.2). OVS then
  // reports protocol 0 (lib/flow.c), the kernel 59 (net/openvswitch/flow.c, parse_ipv6hdr): no real packet has either.
  drop(tables.protocol, 'ipv6', 'nw_proto=0'),
  drop(tables.protocol, 'ipv6', 'nw_proto=59'),
  // OVS matches no ICMPv6 type of a fragment. ND has hop limit 255 and is never fragmented (RFC 4861; RFC 6980, 5); a large
  // ping, which starts at 64 or 128, still passes.
  drop(tables.icmp6, 'icmp6', 'nw_ttl=255', 'nw_frag=first'),
  // Router advertisement and redirect (RFC 6105).
  drop(tables.icmp6, 'icmp6', 'icmp_type=134'),
  drop(tables.icmp6, 'icmp6', 'icmp_type=137'),
  // If an option occurs twice, OVS matches neither it nor the target (lib/flow.c, parse_icmpv6), but a guest reads it.
  drop(tables.neighbour, 'icmp6', 'icmp_type=135', 'icmp_code=0', 'nd_target=::'),
  drop(tables.neighbour, 'icmp6', 'icmp_type=136', 'icmp_code=0', 'nd_target=::'),
];

/**
 * IP goes on to the check of its source. ICMPv6 and its neighbour discovery have tables of their own, because each field
 * that a table matches narrows what OVS and a card can cache of a stream: for TCP none of them is matched.
 */
const onwards: readonly Flow[] = [
  { table: tables.protocol, priority: 50, match: ['ip'], actions: next(tables.source) },
  { table: tables.protocol, priority: 50, match: ['ipv6'], actions: next(tables.source) },
  { table: tables.protocol, priority: 60, match: ['icmp6'], actions: next(tables.icmp6) },
  { table: tables.icmp6, priority: 50, match: ['icmp6'], actions: next(tables.source) },
  ...[135, 136].map((type) => ({
    table: tables.icmp6,
    priority: 60,
    match: ['icmp6', `icmp_type=${type}`],
    actions: next(tables.neighbour),
  })),
  {
    table: tables.neighbour,
    priority: 100,
    match: ['icmp6', 'icmp_type=135', 'icmp_code=0', `nd_sll=${noLla}`],
    actions: next(tables.source),
  },
];

/** A guest that has no address yet asks for routers (RFC 4861, 4.1) and joins groups (RFC 3590, 4; RFC 3810, 5.2.13). */
const unspecifiedSource: readonly Flow[] = [131, 132, 133, 143].map((type) => ({
  table: tables.icmp6,
  priority: 100,
  match: ['icmp6', 'ipv6_src=::', `icmp_type=${type}`],
  actions: 'NORMAL',
}));
