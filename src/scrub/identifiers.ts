import ipaddr from 'ipaddr.js';

/** Kinds of text that identify a machine, card or network. */
export type Kind = 'mac' | 'maybe-mac' | 'ip' | 'network' | 'id' | 'word';

export interface Identifier {
  readonly kind: Kind;
  readonly text: string;
}

/** Words known to identify somebody, and their kinds. */
export type Words = ReadonlyMap<string, 'host' | 'user' | 'serial' | 'id'>;

const hex = '[0-9A-Fa-f]';
const pairs = (count: number, separator: string) => `${hex}{2}(?:${separator}${hex}{2}){${count - 1}}`;

/** The first match wins: parts of a UUID look like other forms. */
const forms: readonly string[] = [
  // A UUID: of a boot, or of a row of OVSDB.
  `(?<!${hex})${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}(?!${hex})`,
  // A PCI Device Serial Number, as lspci prints it.
  `(?<!${hex})${pairs(8, '-')}(?!-?${hex})`,
  `(?<!${hex})${pairs(6, '-')}(?!-?${hex})`,
  // systemd's name for a netdev after its MAC.
  `(?<![0-9A-Za-z])enx${hex}{12}(?![0-9A-Za-z])`,
  // A MAC, a GUID, an IPv6 address, the long address of InfiniBand: `colonKind` tells them apart.
  `(?<![0-9A-Za-z_])(?:${hex}{1,4})?(?:::?${hex}{1,4})+(?:\\.\\d{1,3}){0,3}(?:::)?(?:/\\d{1,3})?(?![0-9A-Za-z_])`,
  `(?<![0-9A-Za-z_])${hex}{1,4}::(?:/\\d{1,3})?(?![0-9A-Za-z_])`,
  `(?<![0-9.])\\d{1,3}(?:\\.\\d{1,3}){3}(?:/\\d{1,2})?(?![0-9]|\\.[0-9])`,
  // A MAC or a switch's id without its separators.
  `(?<![0-9A-Za-z])(?:0x)?${hex}{12,64}(?![0-9A-Za-z])`,
];

/** Replaces every identifier in a text, from left to right, with what `alias` returns for it. */
export function replaceIdentifiers(
  text: string,
  words: Words,
  alias: (identifier: Identifier) => string,
): string {
  return text.replace(patternFor(words), (found: string) => replaceOne(found, words, alias));
}

let latest: { readonly words: Words; readonly pattern: RegExp } | undefined;

function patternFor(words: Words): RegExp {
  if (latest?.words === words) return latest.pattern;
  const known = [...words.keys()].sort((a, b) => b.length - a.length).map(escaped);
  // A key of JSON is a tool's own word, even if a host has that name.
  const word = known.length === 0 ? [] : [`(?<![0-9A-Za-z])(?:${known.join('|')})(?![0-9A-Za-z]|"\\s*:)`];
  latest = { words, pattern: new RegExp([...forms, ...word].join('|'), 'g') };
  return latest.pattern;
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function replaceOne(found: string, words: Words, alias: (identifier: Identifier) => string): string {
  if (words.has(found)) return alias({ kind: 'word', text: found });
  if (/^enx/.test(found)) return `enx${alias({ kind: 'mac', text: found.slice(3) })}`;
  if (/^[0-9A-Fa-f]{2}(-[0-9A-Fa-f]{2}){5}$/.test(found)) return alias({ kind: 'mac', text: found });
  if (/^(0x)?[0-9A-Fa-f]{12,}$/.test(found)) return replaceBare(found, alias);
  if (found.includes('-')) return alias({ kind: 'id', text: found });
  const kind = found.includes(':') ? colonKind(found) : ipKind(found);
  return kind === undefined ? replaceInside(found, alias) : alias({ kind, text: found });
}

/** Decimal digits alone are more often a number of bytes than an id, and stay. */
function replaceBare(found: string, alias: (identifier: Identifier) => string): string {
  const text = found.replace(/^0x/, '');
  const isNumber = /^\d+$/.test(text);
  if (isNumber && text.length !== 12) return found;
  const kind = text.length !== 12 ? 'id' : isNumber ? 'maybe-mac' : 'mac';
  return found.slice(0, found.length - text.length) + alias({ kind, text });
}

function colonKind(found: string): Kind | undefined {
  const groups = found.split(':');
  if (groups.every((group) => /^[0-9A-Fa-f]{2}$/.test(group)) && groups.length >= 6)
    return groups.length === 6 ? 'mac' : 'id';
  if (groups.length === 4 && groups.every((group) => /^[0-9A-Fa-f]{4}$/.test(group))) return 'id';
  return ipKind(found);
}

function ipKind(found: string): Kind | undefined {
  const [address = '', length] = found.split('/');
  const isIp = address.includes(':')
    ? ipaddr.IPv6.isValid(address)
    : ipaddr.IPv4.isValidFourPartDecimal(address);
  if (!isIp) return undefined;
  return length === undefined ? 'ip' : 'network';
}

const macInside = /(?<![0-9A-Fa-f])[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}(?![0-9A-Fa-f])/g;
const ipv4Inside = /(?<![0-9.])\d{1,3}(?:\.\d{1,3}){3}(?![0-9]|\.[0-9])/g;

/** Words joined only by colons: `tcp:192.168.1.1`, `add:02:…`. */
function replaceInside(found: string, alias: (identifier: Identifier) => string): string {
  return found
    .replace(macInside, (text) => alias({ kind: 'mac', text }))
    .replace(ipv4Inside, (text) => (ipKind(text) === undefined ? text : alias({ kind: 'ip', text })));
}
