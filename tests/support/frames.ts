import ipaddr from 'ipaddr.js';

/** Ethernet frames as bytes, without checksums: no switch checks them, except at the end of a tunnel. */
type Bytes = readonly number[];

const u16 = (value: number): Bytes => [(value >> 8) & 0xff, value & 0xff];
const zeros = (count: number): Bytes => new Array<number>(count).fill(0);
const mac = (text: string): Bytes => text.split(':').map((octet) => Number.parseInt(octet, 16));
const ip = (text: string): Bytes => ipaddr.parse(text).toByteArray();

export const broadcast = 'ff:ff:ff:ff:ff:ff';

/** The whole frame in hexadecimal, padded to Ethernet's 60 bytes; `tag` is a header of 802.1Q or 802.1ad in front. */
export function frame(src: string, dst: string, etherType: number, payload: Bytes, tag: Bytes = []): string {
  const bytes = [...mac(dst), ...mac(src), ...tag, ...u16(etherType), ...payload];
  const padded = [...bytes, ...zeros(Math.max(0, 60 - bytes.length))];
  return padded.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const tag = (etherType: number, tci: number): Bytes => [...u16(etherType), ...u16(tci)];

interface Arp {
  readonly op?: number;
  readonly sha: string;
  readonly spa: string;
  readonly tpa: string;
}

export function arp(src: string, { op = 1, sha, spa, tpa }: Arp): string {
  const head = [...u16(1), ...u16(0x0800), 6, 4, ...u16(op)];
  return frame(src, broadcast, 0x0806, [...head, ...mac(sha), ...ip(spa), ...zeros(6), ...ip(tpa)]);
}

export interface Hop {
  readonly from: string;
  readonly to: string;
  readonly mac: string;
  readonly dst?: string;
  readonly tag?: Bytes;
}

export function ipv4(hop: Hop, protocol: number, payload: Bytes): string {
  const head = [0x45, 0, ...u16(20 + payload.length), ...zeros(4), 64, protocol, 0, 0];
  const packet = [...head, ...ip(hop.from), ...ip(hop.to), ...payload];
  return frame(hop.mac, hop.dst ?? broadcast, 0x0800, packet, hop.tag);
}

export function ipv6(hop: Hop, nextHeader: number, payload: Bytes, hopLimit = 64): string {
  const head = [0x60, 0, 0, 0, ...u16(payload.length), nextHeader, hopLimit];
  const packet = [...head, ...ip(hop.from), ...ip(hop.to), ...payload];
  return frame(hop.mac, hop.dst ?? '33:33:00:00:00:01', 0x86dd, packet, hop.tag);
}

export const udp = (from: number, to: number, data: Bytes = zeros(8)): Bytes => {
  return [...u16(from), ...u16(to), ...u16(8 + data.length), 0, 0, ...data];
};

/** The same for ICMP and ICMPv6: type, code 0, checksum, body. */
export const icmp = (type: number, body: Bytes = zeros(4)): Bytes => [type, 0, 0, 0, ...body];

/** Router alert (RFC 2711), which precedes every MLD message. */
export const hopByHop = (nextHeader: number, payload: Bytes): Bytes => {
  return [nextHeader, 0, 5, 2, 0, 0, 1, 0, ...payload];
};

/** Destination options that fill eight bytes, or claim to fill more. */
export const destinationOptions = (nextHeader: number, payload: Bytes, units = 0): Bytes => {
  return [nextHeader, units, 1, 4, 0, 0, 0, 0, ...payload];
};

export const firstFragment = (nextHeader: number, payload: Bytes): Bytes => {
  return [nextHeader, 0, 0, 1, 0, 0, 0, 7, ...payload];
};

export const lla = { source: 1, target: 2 } as const;

/** A neighbour solicitation (135) or advertisement (136) with link-layer address options. */
export function nd(
  hop: Hop,
  type: 135 | 136,
  target: string,
  options: readonly (readonly [number, string])[] = [],
): string {
  const words = options.flatMap(([kind, address]) => [kind, 1, ...mac(address)]);
  return ipv6(hop, 58, icmp(type, [...zeros(4), ...ip(target), ...words]), 255);
}

/** A VXLAN datagram (RFC 7348, 5) with a frame in it; with the header's checksum, which the tunnel's end checks. */
export function vxlan(hop: Hop, vni: number, inner: string): string {
  const header = [8, 0, 0, 0, vni >> 16, (vni >> 8) & 0xff, vni & 0xff, 0];
  return withChecksum(ipv4(hop, 17, udp(40_000, 4789, [...header, ...Buffer.from(inner, 'hex')])));
}

/** Fills in the checksum of the IPv4 header (RFC 791, 3.1) of a frame without a tag. */
function withChecksum(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  let sum = 0;
  for (let at = 14; at < 34; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  bytes.writeUInt16BE(~sum & 0xffff, 24);
  return bytes.toString('hex');
}
