import { isIPv6 } from 'node:net';

/** Ethernet frames as bytes, with the checksums that a stack would make. */
export type Bytes = readonly number[];

const u16 = (value: number): Bytes => [(value >> 8) & 0xff, value & 0xff];
const zeros = (count: number): Bytes => new Array<number>(count).fill(0);

export function hexBytes(hex: string): Bytes {
  return [...Buffer.from(hex, 'hex')];
}

export function macBytes(mac: string): Bytes {
  return mac.split(':').map((octet) => Number.parseInt(octet, 16));
}

/** The bytes of an address in canonical text. */
export function ipBytes(text: string): Bytes {
  if (!isIPv6(text)) return text.split('.').map(Number);
  const [head = '', tail] = text.split('::');
  const groups = (part: string) =>
    part
      .split(':')
      .filter((group) => group !== '')
      .map((group) => Number.parseInt(group, 16));
  const [left, right] = [groups(head), tail === undefined ? [] : groups(tail)];
  return [...left, ...zeros(8 - left.length - right.length), ...right].flatMap(u16);
}

/** The shortest frame that Ethernet carries, without the checksum (IEEE 802.3, 4.4.2). */
const leastFrame = 60;

export interface Hop {
  /** MACs. */
  readonly src: string;
  readonly dst: string;
  /** 802.1Q id; untagged by default. */
  readonly vlan?: number;
}

/** A frame that is too short is padded with `filling`. */
export function frame(
  { src, dst, vlan }: Hop,
  etherType: number,
  payload: Bytes,
  filling: Bytes = [],
): string {
  const tag = vlan === undefined ? [] : [...u16(0x8100), ...u16(vlan)];
  const bytes = [...macBytes(dst), ...macBytes(src), ...tag, ...u16(etherType), ...payload, ...filling];
  return Buffer.from([...bytes, ...zeros(Math.max(0, leastFrame - bytes.length))]).toString('hex');
}

export interface Arp {
  /** 1 asks, 2 answers. */
  readonly op: 1 | 2;
  readonly sha: string;
  readonly spa: string;
  readonly tpa: string;
}

/** The padding holds the tell, because an ARP packet has no room for it. */
export function arp(hop: Hop, { op, sha, spa, tpa }: Arp, filling: Bytes): string {
  const head = [...u16(1), ...u16(0x0800), 6, 4, ...u16(op)];
  const target = op === 1 ? zeros(6) : macBytes(hop.dst);
  return frame(
    hop,
    0x0806,
    [...head, ...macBytes(sha), ...ipBytes(spa), ...target, ...ipBytes(tpa)],
    filling,
  );
}

export interface Packet {
  readonly from: string;
  readonly to: string;
  readonly protocol: number;
  readonly hopLimit?: number;
}

/** IPv4 or IPv6, depending on the addresses. */
export function ip(hop: Hop, { from, to, protocol, hopLimit = 64 }: Packet, payload: Bytes): string {
  const ends = [...ipBytes(from), ...ipBytes(to)];
  if (isIPv6(from)) {
    const head = [0x60, 0, 0, 0, ...u16(payload.length), protocol, hopLimit];
    return frame(hop, 0x86dd, [...head, ...ends, ...payload]);
  }
  const start = [0x45, 0, ...u16(20 + payload.length), 0, 0, 0, 0, hopLimit, protocol];
  const sum = checksum([...start, 0, 0, ...ends]);
  return frame(hop, 0x0800, [...start, ...u16(sum), ...ends, ...payload]);
}

export interface Ports {
  readonly from: number;
  readonly to: number;
}

/** With its checksum, which IPv6 demands (RFC 8200, 8.1). */
export function udp({ from, to }: Pick<Packet, 'from' | 'to'>, ports: Ports, data: Bytes): Bytes {
  const head = [...u16(ports.from), ...u16(ports.to), ...u16(8 + data.length)];
  const sum = checksum([...pseudo(from, to, 17, 8 + data.length), ...head, 0, 0, ...data]);
  return [...head, ...u16(sum === 0 ? 0xffff : sum), ...data];
}

/** An ICMPv6 message: type, code 0, checksum, body. */
export function icmp6({ from, to }: Pick<Packet, 'from' | 'to'>, type: number, body: Bytes): Bytes {
  const sum = checksum([...pseudo(from, to, 58, 4 + body.length), type, 0, 0, 0, ...body]);
  return [type, 0, ...u16(sum), ...body];
}

function pseudo(from: string, to: string, protocol: number, length: number): Bytes {
  const ends = [...ipBytes(from), ...ipBytes(to)];
  return isIPv6(from)
    ? [...ends, 0, 0, ...u16(length), 0, 0, 0, protocol]
    : [...ends, 0, protocol, ...u16(length)];
}

/** RFC 1071. */
function checksum(bytes: Bytes): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** What VXLAN puts in front of a frame (RFC 7348, 5). */
export function vxlanHeader(vni: number): Bytes {
  return [8, 0, 0, 0, (vni >> 16) & 0xff, (vni >> 8) & 0xff, vni & 0xff, 0];
}
