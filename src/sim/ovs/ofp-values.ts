import ipaddr from 'ipaddr.js';
import type { Field } from './ofp-fields.ts';

/** A value, and the mask of its significant bits. */
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

/** `name=value`, as printed. */
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
