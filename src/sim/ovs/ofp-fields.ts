import ipaddr from 'ipaddr.js';

/** A match field: how its value is written, and in which packets it is (lib/meta-flow.xml). */
export interface Field {
  readonly name: string;
  readonly kind: 'port' | 'decimal' | 'hex' | 'mac' | 'ip' | 'ipv6' | 'flags' | 'frag';
  readonly bytes: number;
  /** What the match must say besides, or the field is dropped. */
  readonly needs?: (has: Has) => boolean;
}

/** What a match says of the Ethernet type and the IP protocol, -1 for nothing. */
export interface Has {
  readonly dlType: number;
  readonly nwProto: number;
}

export const ethernet = { ip: 0x800, arp: 0x806, rarp: 0x8035, ipv6: 0x86dd } as const;
const protocols = { icmp: 1, tcp: 6, udp: 17, icmp6: 58, sctp: 132 } as const;

/** `tcp6` for what it stands for; also how a match is printed. */
export const shorthands: readonly {
  readonly name: string;
  readonly dlType: number;
  readonly nwProto?: number;
}[] = [
  { name: 'icmp', dlType: ethernet.ip, nwProto: protocols.icmp },
  { name: 'tcp', dlType: ethernet.ip, nwProto: protocols.tcp },
  { name: 'udp', dlType: ethernet.ip, nwProto: protocols.udp },
  { name: 'sctp', dlType: ethernet.ip, nwProto: protocols.sctp },
  { name: 'icmp6', dlType: ethernet.ipv6, nwProto: protocols.icmp6 },
  { name: 'tcp6', dlType: ethernet.ipv6, nwProto: protocols.tcp },
  { name: 'udp6', dlType: ethernet.ipv6, nwProto: protocols.udp },
  { name: 'sctp6', dlType: ethernet.ipv6, nwProto: protocols.sctp },
  { name: 'ip', dlType: ethernet.ip },
  { name: 'arp', dlType: ethernet.arp },
  { name: 'rarp', dlType: ethernet.rarp },
  { name: 'ipv6', dlType: ethernet.ipv6 },
];

const isArp = (has: Has) => has.dlType === ethernet.arp || has.dlType === ethernet.rarp;
const isIp = (has: Has) => has.dlType === ethernet.ip;
const isIpv6 = (has: Has) => has.dlType === ethernet.ipv6;
const anyIp = (has: Has) => isIp(has) || isIpv6(has);
const isIcmp = (has: Has) =>
  (isIp(has) && has.nwProto === protocols.icmp) || (isIpv6(has) && has.nwProto === protocols.icmp6);
const hasPorts = (has: Has) =>
  anyIp(has) && [protocols.tcp, protocols.udp, protocols.sctp].includes(has.nwProto as 6);
const isNd = (has: Has) => isIpv6(has) && has.nwProto === protocols.icmp6;

/** In the order in which match_format prints them. */
export const beforeType: readonly Field[] = [
  { name: 'pkt_mark', kind: 'hex', bytes: 4 },
  { name: 'conj_id', kind: 'decimal', bytes: 4 },
  { name: 'ct_state', kind: 'flags', bytes: 4 },
  { name: 'ct_zone', kind: 'decimal', bytes: 2 },
  { name: 'ct_mark', kind: 'hex', bytes: 4 },
];

export const afterType: readonly Field[] = [
  ...Array.from({ length: 16 }, (_, n): Field => ({ name: `reg${n}`, kind: 'hex', bytes: 4 })),
  { name: 'tun_id', kind: 'hex', bytes: 8 },
  { name: 'tun_src', kind: 'ip', bytes: 4 },
  { name: 'tun_dst', kind: 'ip', bytes: 4 },
  { name: 'metadata', kind: 'hex', bytes: 8 },
  { name: 'in_port', kind: 'port', bytes: 2 },
  { name: 'dl_vlan', kind: 'decimal', bytes: 2 },
  { name: 'dl_vlan_pcp', kind: 'decimal', bytes: 1 },
  { name: 'vlan_tci', kind: 'hex', bytes: 2 },
  { name: 'dl_src', kind: 'mac', bytes: 6 },
  { name: 'dl_dst', kind: 'mac', bytes: 6 },
  { name: 'dl_type', kind: 'hex', bytes: 2 },
  { name: 'ipv6_src', kind: 'ipv6', bytes: 16, needs: isIpv6 },
  { name: 'ipv6_dst', kind: 'ipv6', bytes: 16, needs: isIpv6 },
  { name: 'ipv6_label', kind: 'hex', bytes: 4, needs: isIpv6 },
  { name: 'arp_spa', kind: 'ip', bytes: 4, needs: isArp },
  { name: 'arp_tpa', kind: 'ip', bytes: 4, needs: isArp },
  { name: 'nw_src', kind: 'ip', bytes: 4, needs: isIp },
  { name: 'nw_dst', kind: 'ip', bytes: 4, needs: isIp },
  { name: 'arp_op', kind: 'decimal', bytes: 2, needs: isArp },
  { name: 'arp_sha', kind: 'mac', bytes: 6, needs: isArp },
  { name: 'arp_tha', kind: 'mac', bytes: 6, needs: isArp },
  { name: 'nw_proto', kind: 'decimal', bytes: 1, needs: anyIp },
  { name: 'nw_tos', kind: 'decimal', bytes: 1, needs: anyIp },
  { name: 'nw_ecn', kind: 'decimal', bytes: 1, needs: anyIp },
  { name: 'nw_ttl', kind: 'decimal', bytes: 1, needs: anyIp },
  { name: 'nw_frag', kind: 'frag', bytes: 1, needs: anyIp },
  { name: 'tp_src', kind: 'decimal', bytes: 2, needs: hasPorts },
  { name: 'tp_dst', kind: 'decimal', bytes: 2, needs: hasPorts },
  { name: 'icmp_type', kind: 'decimal', bytes: 1, needs: isIcmp },
  { name: 'icmp_code', kind: 'decimal', bytes: 1, needs: isIcmp },
  { name: 'nd_target', kind: 'ipv6', bytes: 16, needs: isNd },
  { name: 'nd_sll', kind: 'mac', bytes: 6, needs: isNd },
  { name: 'nd_tll', kind: 'mac', bytes: 6, needs: isNd },
];

const synonyms: { readonly [name: string]: string | undefined } = {
  eth_src: 'dl_src',
  eth_dst: 'dl_dst',
  eth_type: 'dl_type',
  ip_src: 'nw_src',
  ip_dst: 'nw_dst',
  ip_proto: 'nw_proto',
  tunnel_id: 'tun_id',
  tcp_src: 'tp_src',
  tcp_dst: 'tp_dst',
  udp_src: 'tp_src',
  udp_dst: 'tp_dst',
  icmpv6_type: 'icmp_type',
  icmpv6_code: 'icmp_code',
};

export function fieldNamed(word: string): Field | undefined {
  const name = Object.hasOwn(synonyms, word) ? synonyms[word] : word;
  return [...beforeType, ...afterType].find((field) => field.name === name);
}

/** A value and which of its bits count. */
export interface Bits {
  readonly value: bigint;
  readonly mask: bigint;
}

export class BadFlow extends Error {
  override readonly name = 'BadFlow';
}

function allOnes(field: Field): bigint {
  return (1n << BigInt(field.bytes * 8)) - 1n;
}

/** `VALUE[/MASK]`; a port is looked up by `port`. @throws BadFlow with ofctl's text */
export function parseBits(field: Field, text: string, port: (name: string) => number | undefined): Bits {
  if (field.kind === 'flags') return parseCtState(text);
  if (field.kind === 'frag') return parseFrag(text);
  const [value = '', mask] = text.split(/\/(.*)/s);
  if (field.kind === 'port') {
    const number = port(value);
    if (number === undefined) throw new BadFlow(`${value || '0/0'}: invalid or unknown port for in_port`);
    return { value: BigInt(number), mask: allOnes(field) };
  }
  const ones = allOnes(field);
  const bits = mask === undefined ? ones : parseMask(field, mask);
  return { value: parseValue(field, value) & bits, mask: bits };
}

function parseValue(field: Field, text: string): bigint {
  if (field.kind === 'mac') return parseMac(text);
  if (field.kind === 'ip') return parseAddress(text, 'ipv4', 'IP');
  if (field.kind === 'ipv6') return parseAddress(text, 'ipv6', 'IPv6');
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) throw new BadFlow(`invalid numeric format ${text}`);
  const value = BigInt(text);
  if (value > allOnes(field))
    throw new BadFlow(`${text}: value too large for ${field.bytes}-byte field ${officialName(field)}`);
  return value;
}

function officialName(field: Field): string {
  const names: { readonly [name: string]: string | undefined } = {
    tp_src: 'tcp_src',
    tp_dst: 'tcp_dst',
    dl_type: 'eth_type',
  };
  return names[field.name] ?? field.name;
}

function parseMask(field: Field, text: string): bigint {
  const width = BigInt(field.bytes * 8);
  const isPrefix = (field.kind === 'ip' || field.kind === 'ipv6') && /^\d+$/.test(text);
  if (!isPrefix) return parseValue(field, text);
  const length = BigInt(text);
  if (length > width) throw new BadFlow(`${text}: invalid prefix length`);
  return allOnes(field) ^ ((1n << (width - length)) - 1n);
}

function parseMac(text: string): bigint {
  const parts = text.split(':');
  if (parts.length !== 6 || !parts.every((part) => /^[0-9a-f]{1,2}$/i.test(part)))
    throw new BadFlow(`${text}: invalid Ethernet address`);
  return BigInt(`0x${parts.map((part) => part.padStart(2, '0')).join('')}`);
}

function parseAddress(text: string, kind: 'ipv4' | 'ipv6', word: string): bigint {
  const fits = kind === 'ipv4' ? ipaddr.IPv4.isValidFourPartDecimal(text) : ipaddr.IPv6.isValid(text);
  if (!fits) throw new BadFlow(`${text}: invalid ${word} address`);
  return BigInt(
    `0x${ipaddr
      .parse(text)
      .toByteArray()
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')}`,
  );
}

/** Bit 0: a fragment; bit 1: not the first (lib/meta-flow.c, mf_frag_strings). */
const fragments: { readonly [word: string]: Bits | undefined } = {
  no: { value: 0n, mask: 3n },
  yes: { value: 1n, mask: 1n },
  first: { value: 1n, mask: 3n },
  later: { value: 3n, mask: 3n },
  not_later: { value: 0n, mask: 2n },
};

function parseFrag(text: string): Bits {
  const bits = Object.hasOwn(fragments, text) ? fragments[text] : undefined;
  if (bits) return bits;
  throw new BadFlow(
    `${text}: unknown fragment type (valid types are "no", "yes", "first", "later", "not_later")`,
  );
}

function printFrag({ value, mask }: Bits): string {
  const known = Object.entries(fragments).find(([, bits]) => bits?.value === value && bits.mask === mask);
  return known?.[0] ?? '<error>';
}

const ctFlags = ['new', 'est', 'rel', 'rpl', 'inv', 'trk', 'snat', 'dnat'];

function parseCtState(text: string): Bits {
  let [value, mask] = [0n, 0n];
  for (const [part, sign, flag = ''] of text.matchAll(/([+-])(\w+)|./g)) {
    const at = ctFlags.indexOf(flag);
    if (at < 0) throw new BadFlow(`${part}: ct_state requires + or - before each known flag`);
    const bit = 1n << BigInt(at);
    mask |= bit;
    if (sign === '+') value |= bit;
  }
  return { value, mask };
}

const reserved: readonly (readonly [number, string])[] = [
  [0xfff8, 'IN_PORT'],
  [0xfff9, 'TABLE'],
  [0xfffa, 'NORMAL'],
  [0xfffb, 'FLOOD'],
  [0xfffc, 'ALL'],
  [0xfffd, 'CONTROLLER'],
  [0xfffe, 'LOCAL'],
  [0xffff, 'ANY'],
];

export function reservedPort(word: string): number | undefined {
  return reserved.find(([, name]) => name === word.toUpperCase())?.[0];
}

export function portText(number: number): string {
  return reserved.find(([n]) => n === number)?.[1] ?? String(number);
}

/** `name=value` as it is printed. */
export function printBits(field: Field, bits: Bits): string {
  if (field.kind === 'frag') return `${field.name}=${printFrag(bits)}`;
  return `${field.name}=${field.kind === 'flags' ? printCtState(bits) : printValue(field, bits)}`;
}

function printCtState({ value, mask }: Bits): string {
  const bit = (at: number, of: bigint) => (of & (1n << BigInt(at))) !== 0n;
  const signed = (sign: '+' | '-') =>
    ctFlags
      .filter((_, at) => bit(at, mask) && bit(at, value) === (sign === '+'))
      .map((flag) => `${sign}${flag}`);
  return [...signed('+'), ...signed('-')].join('');
}

function printValue(field: Field, { value, mask }: Bits): string {
  const whole = mask === allOnes(field);
  const hex = (n: bigint) => `0x${n.toString(16)}`;
  if (field.kind === 'port') return portText(Number(value));
  if (field.name === 'vlan_tci') {
    const four = (n: bigint) => `0x${n.toString(16).padStart(4, '0')}`;
    return whole ? four(value) : `${four(value)}/${four(mask)}`;
  }
  if (field.kind === 'mac') return whole ? mac(value) : `${mac(value)}/${mac(mask)}`;
  if (field.kind === 'ip' || field.kind === 'ipv6') {
    const length = prefixLength(field, mask);
    const base = address(field, value);
    if (whole) return base;
    return length === undefined ? `${base}/${address(field, mask)}` : `${base}/${length}`;
  }
  if (!whole) return `${hex(value)}/${hex(mask)}`;
  return field.kind === 'hex' ? hex(value) : String(value);
}

function mac(value: bigint): string {
  return (value.toString(16).padStart(12, '0').match(/../g) ?? []).join(':');
}

function address(field: Field, value: bigint): string {
  const digits = value.toString(16).padStart(field.bytes * 2, '0');
  return ipaddr
    .fromByteArray((digits.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)))
    .toString();
}

function prefixLength(field: Field, mask: bigint): number | undefined {
  const bits = mask.toString(2).padStart(field.bytes * 8, '0');
  return /^1*0*$/.test(bits) ? bits.indexOf('0') : undefined;
}
