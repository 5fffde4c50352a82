import ipaddr from 'ipaddr.js';
import { quoted, type Read, type Wrong } from './grammar.ts';

type Ip = ipaddr.IPv4 | ipaddr.IPv6;

/** An address with the length of its prefix, in its one canonical form (RFC 5952 for IPv6; an IPv4-mapped one is IPv4). */
export interface Cidr {
  readonly text: string;
  readonly address: Address;
  readonly prefix: number;
}

export interface Address {
  readonly text: string;
  readonly family: 4 | 6;
  readonly ip: Ip;
}

/** An address without a prefix. */
export function readAddress(text: string): Read<Address> {
  const ip = parseIp(text);
  if (ip) return { value: addressOf(ip) };
  const hint = text.includes('/')
    ? 'write it without the prefix'
    : 'write an address such as 10.3.0.1 or fd00:3::1';
  return { wrong: `${quoted(text)} is not an IP address`, hint };
}

/** An address that a host has: with its prefix, unicast, neither the network's own address nor its broadcast. */
export function readHostCidr(text: string): Read<Cidr> {
  const cidr = readCidr(text, '192.168.10.2/24 or fd00:10::2/64');
  if ('wrong' in cidr) return cidr;
  const unfit = unfitRange(cidr.value.address);
  if (unfit) return { wrong: `${cidr.value.address.text} is ${unfit}`, hint: 'write a unicast address' };
  return isEdge(cidr.value) ? edge(cidr.value) : cidr;
}

/** A subnet of unicast addresses: no bits set beyond the prefix. */
export function readSubnet(text: string): Read<Cidr> {
  const cidr = readRoute(text);
  if ('wrong' in cidr) return cidr;
  const unfit = unfitRange(cidr.value.address);
  return unfit ? { wrong: `${cidr.value.text} is ${unfit}`, hint: 'write a unicast subnet' } : cidr;
}

/** A route's destination: like a subnet, with 0.0.0.0/0 and ::/0 allowed. */
export function readRoute(text: string): Read<Cidr> {
  const cidr = readCidr(text, '192.168.10.0/24 or fd00:10::/64');
  if ('wrong' in cidr) return cidr;
  const network = networkOf(cidr.value);
  if (network.text === cidr.value.text) return cidr;
  return { wrong: `${cidr.value.text} has bits set beyond its prefix`, hint: `write ${network.text}` };
}

function readCidr(text: string, example: string): Read<Cidr> {
  const slash = text.lastIndexOf('/');
  const raw = parseRaw(slash < 0 ? text : text.slice(0, slash));
  const digits = slash < 0 ? '' : text.slice(slash + 1);
  const bits = raw?.kind() === 'ipv6' ? 128 : 32;
  const hint = `write an address with its prefix: ${example}`;
  if (!raw) return { wrong: `${quoted(text)} is not an IP address with a prefix`, hint };
  if (slash < 0)
    return {
      wrong: `${quoted(text)} has no prefix`,
      hint: `write ${text}/${bits === 32 ? 24 : 64}, or the prefix that its subnet has`,
    };
  const prefix = /^(0|[1-9]\d{0,2})$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(prefix <= bits))
    return { wrong: `${quoted(`/${digits}`)} is not a prefix`, hint: `write a prefix from /0 to /${bits}` };
  return (
    canonical(raw, prefix) ?? {
      wrong: `${quoted(text)} is an IPv4-mapped address whose prefix reaches beyond IPv4`,
      hint,
    }
  );
}

function canonical(raw: Ip, prefix: number): { readonly value: Cidr } | undefined {
  if (!(raw instanceof ipaddr.IPv6) || !raw.isIPv4MappedAddress()) return { value: cidrOf(raw, prefix) };
  // ::ffff:0:0/96 holds IPv4 (RFC 4291, 2.5.5.2): the first 96 bits are not IPv4's.
  return prefix >= 96 ? { value: cidrOf(raw.toIPv4Address(), prefix - 96) } : undefined;
}

// The library also accepts 10.1, 0x0a000001 and 012.1.1.1 as IPv4, as inet_aton does; other programs read them differently.
function parseRaw(text: string): Ip | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.IPv6.parse(text);
}

function parseIp(text: string): Ip | undefined {
  const raw = parseRaw(text);
  return raw instanceof ipaddr.IPv6 && raw.isIPv4MappedAddress() ? raw.toIPv4Address() : raw;
}

function addressOf(ip: Ip): Address {
  return ip instanceof ipaddr.IPv6
    ? { text: ip.toRFC5952String(), family: 6, ip }
    : { text: ip.toString(), family: 4, ip };
}

function cidrOf(ip: Ip, prefix: number): Cidr {
  const address = addressOf(ip);
  return { text: `${address.text}/${prefix}`, address, prefix };
}

/** Why no host may have it; undefined if one may. */
function unfitRange(address: Address): string | undefined {
  const range = address.ip.range();
  const reasons: Readonly<Record<string, string>> = {
    multicast: 'a multicast address',
    loopback: 'a loopback address',
    unspecified: 'the unspecified address',
    broadcast: 'the broadcast address',
  };
  if (range === 'linkLocal' && address.family === 6)
    return 'a link-local address, which the kernel makes itself';
  return reasons[range];
}

/** The subnet it lies in. */
export function networkOf(cidr: Cidr): Cidr {
  const bytes = masked(cidr, 0);
  return cidrOf(ipaddr.fromByteArray([...bytes]), cidr.prefix);
}

function masked(cidr: Cidr, fill: 0 | 0xff): readonly number[] {
  return cidr.address.ip.toByteArray().map((byte, i) => {
    const host = 0xff >> Math.min(8, Math.max(0, cidr.prefix - 8 * i));
    return fill === 0 ? byte & ~host : byte | host;
  });
}

function isAt(cidr: Cidr, fill: 0 | 0xff): boolean {
  const wanted = masked(cidr, fill);
  return cidr.address.ip.toByteArray().every((byte, i) => byte === wanted[i]);
}

// A /31 (RFC 3021) and a /127 (RFC 6164) have neither; IPv6 has no broadcast, but its first address is the routers' (RFC 4291, 2.6.1).
function isEdge(cidr: Cidr): boolean {
  const bits = cidr.address.family === 4 ? 32 : 128;
  if (cidr.prefix >= bits - 1) return false;
  return isAt(cidr, 0) || (cidr.address.family === 4 && isAt(cidr, 0xff));
}

function edge(cidr: Cidr): Wrong {
  const what = isAt(cidr, 0) ? "is the network's own address" : "is the network's broadcast address";
  return {
    code: 'VF1020',
    wrong: `${cidr.text} ${what}`,
    hint: `write another address of ${networkOf(cidr).text}`,
  };
}

export function contains(subnet: Cidr, address: Address): boolean {
  return subnet.address.family === address.family && address.ip.match(subnet.address.ip, subnet.prefix);
}

export function overlap(a: Cidr, b: Cidr): boolean {
  return a.prefix <= b.prefix ? contains(a, b.address) : contains(b, a.address);
}
