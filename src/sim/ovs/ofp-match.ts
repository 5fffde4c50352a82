import {
  afterType,
  beforeType,
  ethernet,
  type Field,
  fieldNamed,
  type Has,
  shorthands,
} from './ofp-fields.ts';
import { BadFlow, type Bits, parseBits, printBits } from './ofp-values.ts';

/** Fields by name. */
export type Match = ReadonlyMap<string, Bits>;

export type PortLookup = (name: string) => number | undefined;

/** Adds one key of a flow, if it is a match field or a protocol's name. */
export function addToMatch(match: Map<string, Bits>, key: string, value: string, port: PortLookup): boolean {
  const shorthand = shorthands.find((s) => s.name === key);
  if (shorthand) {
    if (value !== '') return false;
    set(match, 'dl_type', BigInt(shorthand.dlType));
    if (shorthand.nwProto !== undefined) set(match, 'nw_proto', BigInt(shorthand.nwProto));
    return true;
  }
  const field = fieldNamed(key);
  if (!field) return false;
  if (value === '' && field.kind !== 'port') throw new BadFlow(`field ${key} missing value`);
  const bits = parseBits(field, value, port);
  if (field.name === 'dl_vlan' && bits.value === 0xffffn) set(match, 'vlan_tci', 0n);
  else if (bits.mask !== 0n) match.set(field.name, bits);
  return true;
}

function set(match: Map<string, Bits>, name: string, value: bigint): void {
  const field = fieldNamed(name);
  if (field) match.set(name, { value, mask: (1n << BigInt(field.bytes * 8)) - 1n });
}

function hasOf(match: Match): Has {
  const number = (name: string) => Number(match.get(name)?.value ?? -1n);
  return { dlType: number('dl_type'), nwProto: number('nw_proto') };
}

/** Replaces old names of ARP's fields, and drops fields that such packets do not have (ofputil_normalize_match). */
export function normalized(match: Match): Match {
  const has = hasOf(match);
  const isArp = has.dlType === ethernet.arp || has.dlType === ethernet.rarp;
  const oldNames: { readonly [name: string]: string } = {
    nw_src: 'arp_spa',
    nw_dst: 'arp_tpa',
    nw_proto: 'arp_op',
  };
  const result = new Map<string, Bits>();
  for (const [name, bits] of match) {
    const renamed = isArp ? (oldNames[name] ?? name) : name;
    const field = fieldNamed(renamed);
    if (field && (field.needs?.(has) ?? true) && fitsNd(field, match))
      result.set(renamed, widened(field, bits));
  }
  return result;
}

/** nw_proto keeps one byte, arp_op has two. */
function widened(field: Field, bits: Bits): Bits {
  return field.name === 'arp_op' ? { value: bits.value, mask: 0xffffn } : bits;
}

/** RFC 4861: a solicitation has a source link-layer address, an advertisement a target one. */
function fitsNd(field: Field, match: Match): boolean {
  if (!field.name.startsWith('nd_')) return true;
  const type = match.get('icmp_type')?.value;
  if (type !== 135n && type !== 136n) return false;
  if (field.name === 'nd_sll') return type === 135n;
  return field.name !== 'nd_tll' || type === 136n;
}

/** As `dump-flows` prints it, one part per field. */
export function printMatch(match: Match): readonly string[] {
  const has = hasOf(match);
  const shorthand = shorthands.find(
    (s) => s.dlType === has.dlType && (s.nwProto ?? has.nwProto) === has.nwProto,
  );
  const implied = new Set(
    shorthand ? ['dl_type', ...(shorthand.nwProto === undefined ? [] : ['nw_proto'])] : [],
  );
  const printed = (fields: readonly Field[]) =>
    fields.flatMap((field) => {
      const bits = match.get(field.name);
      return bits && !implied.has(field.name) ? [printBits(field, bits)] : [];
    });
  return [...printed(beforeType), ...(shorthand ? [shorthand.name] : []), ...printed(afterType)];
}

/** The inverse of `printMatch`. */
export function readMatch(parts: readonly string[], port: PortLookup): Match {
  const match = new Map<string, Bits>();
  for (const part of parts) {
    const [key = '', value = ''] = part.split(/=(.*)/s);
    addToMatch(match, key, value, port);
  }
  return match;
}

/** Whether every packet that `inner` matches is also matched by `outer`. */
export function covers(outer: Match, inner: Match): boolean {
  return [...outer].every(([name, { value, mask }]) => {
    const other = inner.get(name);
    return other !== undefined && (other.mask & mask) === mask && (other.value & mask) === value;
  });
}
