import { Failure } from '../errno.ts';
import type { Atom, AtomType, ColumnType, Datum, Item } from './datum.ts';
import { isUuid, sorted } from './datum.ts';

/** Resolves `@name` within one transaction. */
export type Symbols = (name: string) => string;

export function refuse(text: string): Failure {
  return new Failure(1, `ovs-vsctl: ${text}\n`);
}

const plural: { readonly [kind in AtomType['kind']]: string } = {
  string: 'strings',
  integer: 'integers',
  boolean: 'booleans',
  uuid: 'uuids',
};

/** One token: quoted, or up to a delimiter (ovsdb_token_parse). */
export function token(text: string, at: number): { readonly word: string; readonly end: number } {
  if (text[at] === '"') {
    const end = /^"(\\.|[^"\\])*"/s.exec(text.slice(at))?.[0].length;
    if (end === undefined) throw refuse(`${text}: missing closing quote`);
    return { word: text.slice(at, at + end), end: at + end };
  }
  let end = at;
  while (end < text.length && !':=, []{}!<>'.includes(text[end] ?? '')) end += 1;
  return { word: text.slice(at, end), end };
}

export function unquote(word: string): string {
  if (!word.startsWith('"')) return word;
  if (word.length < 2 || !word.endsWith('"')) throw refuse(`${word}: missing quote at end of quoted string`);
  try {
    return String(JSON.parse(word));
  } catch {
    throw refuse(`${word}: invalid quoted string`);
  }
}

/** ovsdb_atom_from_string, with the column's constraints. */
export function parseAtom(word: string, type: AtomType, symbols: Symbols): Atom {
  if (type.kind === 'integer') return inRange(parseInteger(word), type);
  if (type.kind === 'uuid') return parseUuid(word, symbols);
  if (type.kind === 'boolean') {
    if (/^(true|yes|on|1)$/.test(word)) return true;
    if (/^(false|no|off|0)$/.test(word)) return false;
    throw refuse(`"${word}" is not a valid boolean (use "true" or "false")`);
  }
  const text = unquote(word);
  if (type.oneOf && !type.oneOf.includes(text)) {
    const allowed = [...type.oneOf].sort().join(', ');
    throw refuse(`constraint violation: ${text} is not one of the allowed values ([${allowed}])`);
  }
  return text;
}

function parseInteger(word: string): number {
  if (!/^-?\d+$/.test(word)) throw refuse(`"${word}" is not a valid integer or range`);
  return Number(word);
}

function inRange(value: number, type: AtomType): number {
  const { min, max } = type;
  const fits = (min === undefined || value >= min) && (max === undefined || value <= max);
  if (fits) return value;
  const which =
    max === undefined
      ? `less than minimum allowed value ${min}`
      : `not in the valid range ${min} to ${max} (inclusive)`;
  throw refuse(`constraint violation: ${value} is ${which}`);
}

function parseUuid(word: string, symbols: Symbols): string {
  if (word.startsWith('@')) return symbols(word);
  if (!isUuid(word)) throw refuse(`"${word}" is not a valid UUID`);
  return word.toLowerCase();
}

/** ovsdb_datum_from_string. */
export function parseDatum(text: string, type: ColumnType, symbols: Symbols): Datum {
  const items = new Reader(text, type, symbols).all();
  if (items.length > type.max)
    throw refuse(`${text}: ${items.length} value(s) specified but the maximum number is ${type.max}`);
  if (items.length < type.min)
    throw refuse(`${text}: ${items.length} value(s) specified but the minimum number is ${type.min}`);
  return sorted(items);
}

class Reader {
  readonly #text: string;
  readonly #type: ColumnType;
  readonly #symbols: Symbols;
  #at = 0;

  constructor(text: string, type: ColumnType, symbols: Symbols) {
    this.#text = text;
    this.#type = type;
    this.#symbols = symbols;
  }

  all(): Datum {
    const [open, close] = this.#type.value ? ['{', '}'] : ['[', ']'];
    this.#skip();
    const bracketed = this.#text[this.#at] === open;
    if (bracketed) this.#at += 1;
    this.#skip();
    const items: Item[] = [];
    while (this.#at < this.#text.length && !(bracketed && this.#text[this.#at] === close)) {
      items.push(...this.#item());
      this.#skip();
    }
    if (bracketed && this.#text[this.#at] !== close)
      throw refuse(`${this.#text}: missing "${close}" at end of data`);
    return items;
  }

  /** Skips spaces and commas between elements. */
  #skip(): void {
    while (' ,'.includes(this.#text[this.#at] ?? '-')) this.#at += 1;
  }

  #word(): string {
    const { word, end } = token(this.#text, this.#at);
    if (end === this.#at) {
      const bad = this.#text[this.#at];
      throw refuse(`${this.#text}: unexpected "${bad}" parsing ${described(this.#type)}`);
    }
    this.#at = end;
    return word;
  }

  /** At the end of the text, C's format string ends too. */
  #notAssigned(start: number): Failure {
    const at = this.#text[this.#at];
    const where = at === undefined ? '' : `${at}" expecting "="`;
    return refuse(`${this.#text.slice(start)}: syntax error at "${where}`);
  }

  #item(): readonly Item[] {
    const { key, value } = this.#type;
    const start = this.#at;
    const word = this.#word();
    if (!value) {
      const range = key.kind === 'integer' ? /^(\d+)-(\d+)$/.exec(word) : null;
      if (range) return numbers(Number(range[1]), Number(range[2])).map((n) => [inRange(n, key)] as const);
      return [[parseAtom(word, key, this.#symbols)]];
    }
    const k = parseAtom(word, key, this.#symbols);
    if (this.#text[this.#at] !== '=') throw this.#notAssigned(start);
    this.#at += 1;
    return [[k, parseAtom(this.#word(), value, this.#symbols)]];
  }
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

/** ovsdb_type_to_english. */
export function described(type: ColumnType): string {
  const { key, value, min, max } = type;
  if (!value && max === 1 && min === 1) return key.kind;
  const most =
    max === Number.POSITIVE_INFINITY
      ? min > 0
        ? `${min} or more `
        : ''
      : min > 0
        ? `${min} to ${max} `
        : `up to ${max} `;
  return value ? `map of ${most}(${key.kind}, ${value.kind}) pairs` : `set of ${most}${plural[key.kind]}`;
}
