import ipaddr from 'ipaddr.js';
import type { IfName, MacAddress } from '../model/names.ts';

/** One OpenFlow flow; `match` in the order in which `ovs-ofctl dump-flows` prints its fields. */
export interface Flow {
  readonly table: number;
  readonly priority: number;
  readonly match: readonly string[];
  readonly actions: string;
}

/** A flow as `ovs-ofctl --names --no-stats dump-flows` prints it, less the space in front. */
export function flowLine(flow: Flow): string {
  const table = flow.table === 0 ? '' : `table=${flow.table}, `;
  return `${table}priority=${flow.priority},${flow.match.join(',')} actions=${flow.actions}`;
}

/** `ovs-ofctl` quotes every name but a letter followed by letters and digits (lib/ofp-port.c, namemap_put_name). */
export function inPort(name: IfName): string {
  return `in_port=${/^[A-Za-z][A-Za-z0-9]*$/.test(name) ? name : `"${name}"`}`;
}

/** An address with or without prefix length, as glibc's inet_ntop writes it and therefore OVS. */
export function printedAddress(cidr: string): string {
  const address = ipaddr.parse(cidr.split('/')[0] ?? '');
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  const text = address.toRFC5952String();
  // inet_ntop takes six leading zero groups for an address that embeds an IPv4 one (RFC 4291, 2.5.5).
  return /^::[0-9a-f]+:[0-9a-f]+$|^::ffff:[0-9a-f]+:[0-9a-f]+$/.test(text) ? embedded(address) : text;
}

function embedded(address: ipaddr.IPv6): string {
  const lead = address.parts[5] === 0 ? '::' : '::ffff:';
  return lead + address.toByteArray().slice(12).join('.');
}

/** The link-local address that a guest makes of its MAC: modified EUI-64 (RFC 4291, appendix A). */
export function linkLocal(mac: MacAddress): string {
  const octets = mac.split(':').map((octet) => Number.parseInt(octet, 16));
  const [first = 0, second = 0, third = 0, ...last] = octets;
  const id = [first ^ 0x02, second, third, 0xff, 0xfe, ...last];
  return printedAddress(ipaddr.fromByteArray([0xfe, 0x80, 0, 0, 0, 0, 0, 0, ...id]).toString());
}
