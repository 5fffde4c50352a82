import type { Identifier, Words } from './identifiers.ts';
import { ipAliases, networkOf, parseIp, printIp } from './ip-aliases.ts';
import { type Bits, bitsOf } from './ip-ranges.ts';

/** What a transcript contains, before anything is replaced. */
export interface Originals {
  readonly macs: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
  readonly words: Words;
  /** Determines which address becomes which. */
  readonly key: string;
}

/** Gives every identifier an alias, one to one. */
export function aliasing(originals: Originals): (identifier: Identifier) => string {
  const macOf = macAliases(originals.macs);
  const idOf = counted(originals.ids, shapedLike);
  const wordOf = wordAliases(originals.words);
  const ipOf = ipAliases(originals.key);
  return ({ kind, text }) => {
    if (kind === 'mac' || (kind === 'maybe-mac' && originals.macs.has(text))) return macOf(text);
    if (kind === 'maybe-mac') return text;
    if (kind === 'word' && originals.words.get(text) !== 'id') return wordOf(text);
    if (kind === 'word' || kind === 'id') return /^[0:-]*$/.test(text) ? text : idOf(text.toLowerCase());
    return addressAlias(text, ipOf, macOf);
  };
}

/** The N-th new text gets the N-th alias, skipping those that occur in the original. */
function counted(taken: ReadonlySet<string>, nameOf: (n: number, text: string) => string) {
  const names = new Map<string, string>();
  let n = 0;
  return (text: string): string => {
    const known = names.get(text);
    if (known !== undefined) return known;
    let name: string;
    do name = nameOf(++n, text);
    while (taken.has(name));
    names.set(text, name);
    return name;
  };
}

/** `b8ce:f603:0000:0001` → `0000:0000:0000:0007`. */
function shapedLike(n: number, text: string): string {
  const digits = [...n.toString(16).padStart(text.replace(/[:-]/g, '').length, '0')];
  return text.replace(/[0-9a-f]/g, () => digits.shift() ?? '0');
}

/** Multicast groups, masks and "none" mean the same on every network. */
const keptMacs = /^(?:f*[ec8]?0*|fe(?:ff){5}|01(?:00){5}|01005e.*|0180c2.*|3333(?!ff).*)$/;

/** A MAC in any notation: the vendor is hidden; whether it is locally administered stays (IEEE 802-2014, 8.2.2). */
function macAliases(taken: ReadonlySet<string>): (text: string) => string {
  // RFC 7042, 2.1.1 and 2.1.2: 00-00-5E is IANA's, with 00-53-00 onwards for examples.
  const universal = counted(taken, (n) => `00005e${hex6(0x5300 + n - 1)}`);
  const local = counted(taken, (n) => `020000${hex6(n)}`);
  const group = counted(taken, (n) => `3333ff${hex6(n)}`);
  return (text) => {
    const digits = bareMac(text);
    if (keptMacs.test(digits)) return text;
    const first = Number.parseInt(digits.slice(0, 2), 16);
    const of = first & 1 ? group : first & 2 ? local : universal;
    return inNotation(of(digits), text);
  };
}

function hex6(n: number): string {
  return n.toString(16).padStart(6, '0');
}

export function bareMac(text: string): string {
  return text.toLowerCase().replace(/[:-]/g, '');
}

function inNotation(digits: string, like: string): string {
  const separator = /[:-]/.exec(like)?.[0] ?? '';
  const text = (digits.match(/../g) ?? []).join(separator);
  return /[A-F]/.test(like) ? text.toUpperCase() : text;
}

/** Names short enough to be part of a netdev's: `to-host-2-91c4`. */
function wordAliases(words: Words): (text: string) => string {
  const taken = new Set(words.keys());
  const stems = ['host', 'user', 'serial'] as const;
  const names: { readonly [kind: string]: (text: string) => string } = Object.fromEntries(
    stems.map((stem) => [stem, counted(taken, (n) => `${stem}-${n}`)]),
  );
  // A host's long name and its short one mean the same host.
  const labels = new Map([...words.keys()].map((word) => [word.slice(0, 7), word.split('.')[0] ?? word]));
  return (text) => {
    const kind = words.get(text) ?? 'host';
    const tunnel = kind === 'host' ? /^to-(.{7})$/.exec(text)?.[1] : undefined;
    const whole = tunnel === undefined ? text : (labels.get(tunnel) ?? text);
    const name = names[kind]?.(kind === 'host' ? (whole.split('.')[0] ?? whole) : whole) ?? text;
    return tunnel === undefined ? name : `to-${name.slice(0, 7)}`;
  };
}

type IpAlias = (bits: Bits) => Bits;
type MacAlias = (text: string) => string;

/** An address, or a network in CIDR notation: zeros behind the prefix stay zeros. */
function addressAlias(text: string, ipOf: IpAlias, macOf: MacAlias): string {
  const [address = '', length] = text.split('/');
  const bits = bitsIn(address);
  if (bits === undefined) return text;
  const alias = aliasOfBits(bits, ipOf, macOf);
  if (alias === bits) return text;
  if (length === undefined) return printIp(alias);
  const isNetwork = networkOf(bits, Number(length)) === bits;
  return `${printIp(isNetwork ? networkOf(alias, Number(length)) : alias)}/${length}`;
}

export function bitsIn(text: string): Bits | undefined {
  const ip = parseIp(text);
  return ip === undefined ? undefined : bitsOf(ip);
}

const mapped = '0'.repeat(80) + '1'.repeat(16);
const solicited = `${'ff02'.replace(/./g, nibble)}${'0'.repeat(76)}0001${'11111111'}`;

function nibble(digit: string): string {
  return Number.parseInt(digit, 16).toString(2).padStart(4, '0');
}

function aliasOfBits(bits: Bits, ipOf: IpAlias, macOf: MacAlias): Bits {
  if (bits.startsWith(mapped)) return mapped + ipOf(bits.slice(96));
  if (bits.startsWith(solicited)) return solicited + lowBits(bits, macOf);
  const mac = macOfEui64(bits);
  if (mac === undefined) return ipOf(bits);
  return ipOf(bits).slice(0, 64) + eui64(macOf(mac));
}

/** A solicited-node address ends like the address it stands for (RFC 4291, 2.7.1). */
function lowBits(bits: Bits, macOf: MacAlias): Bits {
  const low = bits.slice(104);
  if (!low.includes('1')) return low;
  const asked = Number.parseInt(low, 2).toString(16).padStart(6, '0');
  return [...macOf(`3333ff${asked}`).slice(6)].map(nibble).join('');
}

const middle = [...'fffe'].map(nibble).join('');

/** The MAC that an address was made from (modified EUI-64: RFC 4291, appendix A). */
export function macOfEui64(bits: Bits): string | undefined {
  if (bits.length !== 128 || bits.slice(88, 104) !== middle) return undefined;
  const id = bits.slice(64);
  const flipped = id.slice(0, 6) + (id[6] === '1' ? '0' : '1') + id.slice(7);
  const digits = (flipped.match(/.{4}/g) ?? []).map((four) => Number.parseInt(four, 2).toString(16));
  return digits.slice(0, 6).join('') + digits.slice(10).join('');
}

function eui64(mac: string): Bits {
  const bits = [...mac].map(nibble).join('');
  return `${bits.slice(0, 6)}${bits[6] === '1' ? '0' : '1'}${bits.slice(7, 24)}${middle}${bits.slice(24)}`;
}
