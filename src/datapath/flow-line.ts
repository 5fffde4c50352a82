import ipaddr from 'ipaddr.js';
import type { IfName, MacAddress } from '../model/names.ts';

/** One OpenFlow flow; `match` has its fields in the order in which `ovs-ofctl dump-flows` prints them. */
export interface Flow {
  readonly table: number;
  readonly priority: number;
  readonly match: readonly string[];
  readonly actions: string;
}

/** A flow as `ovs-ofctl --names --no-stats dump-flows` prints it, without leading space. */
export function flowLine(flow: Flow): string {
  const table = flow.table === 0 ? '' : `table=${flow.table}, `;
  return `${table}priority=${flow.priority},${flow.match.join(',')} actions=${flow.actions}`;
}

/** `ovs-ofctl` quotes every name other than a letter followed by letters and digits (lib/ofp-port.c, namemap_put_name). */
export function inPort(name: IfName): string {
  return `in_port=${/^[A-Za-z][A-Za-z0-9]*$/.test(name) ? name : `"${name}"`}`;
}

/** A canonical address, with or without a prefix length, as glibc's inet_ntop, and therefore OVS, writes it. */
export function printedAddress(cidr: string): string {
  const [text = ''] = cidr.split('/');
  // IPv4 has only one form, and a thousand guests have an address each: skip the work.
  if (!text.includes(':')) return text;
  const address = ipaddr.IPv6.parse(text);
  const short = address.toRFC5952String();
  // inet_ntop takes six leading zero groups for an address that embeds an IPv4 one (RFC 4291, 2.5.5).
  return /^::[0-9a-f]+:[0-9a-f]+$|^::ffff:[0-9a-f]+:[0-9a-f]+$/.test(short) ? embedded(address) : short;
}

function embedded(address: ipaddr.IPv6): string {
  const lead = address.parts[5] === 0 ? '::' : '::ffff:';
  return lead + address.toByteArray().slice(12).join('.');
}

/** The link-local address that a guest derives from its MAC: modified EUI-64 (RFC 4291, appendix A). */
export function linkLocal(mac: MacAddress): string {
  const octets = mac.split(':').map((octet) => Number.parseInt(octet, 16));
  const [first = 0, second = 0, third = 0, ...last] = octets;
  const [fourth = 0, fifth = 0, sixth = 0] = last;
  const head = ((first ^ 0x02) << 8) | second;
  const groups = [(third << 8) | 0xff, 0xfe00 | fourth, (fifth << 8) | sixth];
  // `::` stands for the longest run of zeros (RFC 5952, 4.2.3): the first three groups, and the fourth if it is zero too.
  return `fe80::${(head === 0 ? groups : [head, ...groups]).map((group) => group.toString(16)).join(':')}`;
}
