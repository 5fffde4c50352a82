import { createHmac } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { type Bits, ipOf, isFixed, isKept } from './ip-ranges.ts';

/**
 * Maps addresses to others, one to one: two aliases share as many leading bits as their originals, a private address stays
 * private, and the last byte (two for IPv6) stays (Xu, Fan, Ammar, Moon: Prefix-Preserving IP Address Anonymization, 2002).
 */
export function ipAliases(key: string): (bits: Bits) => Bits {
  const known = new Map<Bits, boolean>();
  const isFlipped = (start: Bits): boolean => {
    const flipped = known.get(start) ?? (createHmac('sha256', key).update(start).digest()[0] ?? 0) > 127;
    known.set(start, flipped);
    return flipped;
  };
  return (bits) =>
    [...bits]
      .map((bit, place) =>
        isFixed(bits, place) || !isFlipped(`${bits.length}/${bits.slice(0, place)}`)
          ? bit
          : `${1 - Number(bit)}`,
      )
      .join('');
}

const tries = 64;

/** The first of some keys that turns no address into another of the text; the last if there are too many addresses. */
export function fittingKey(key: string, all: readonly Bits[]): string {
  const given = new Set(all.filter((bits) => !isKept(bits)));
  let tried = key;
  for (let n = 0; n < tries; n++) {
    tried = `${key}/${n}`;
    const alias = ipAliases(tried);
    if (![...given].some((bits) => given.has(alias(bits)))) break;
  }
  return tried;
}

/** Undefined for a text that is not an address as the kernel prints one. */
export function parseIp(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return text.includes(':') && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
}

/** As the kernel and glibc print it (RFC 5952). */
export function printIp(bits: Bits): string {
  const ip = ipOf(bits);
  return ip instanceof ipaddr.IPv6 ? ip.toRFC5952String() : ip.toString();
}

/** The network with a prefix of this length that an address is in. */
export function networkOf(bits: Bits, length: number): Bits {
  return bits.slice(0, length).padEnd(bits.length, '0');
}
