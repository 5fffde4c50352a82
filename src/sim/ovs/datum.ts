/** A set's element is `[value]`, a map's `[key, value]`; a scalar is a set of one (RFC 7047, 5.1). */
export type Atom = string | number | boolean;
export type Item = readonly [Atom] | readonly [Atom, Atom];
export type Datum = readonly Item[];

export interface AtomType {
  readonly kind: 'string' | 'integer' | 'boolean' | 'uuid';
  readonly refTable?: string;
  readonly oneOf?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

export interface ColumnType {
  readonly key: AtomType;
  readonly value?: AtomType;
  readonly min: 0 | 1;
  readonly max: number;
  readonly mutable: boolean;
}

const shape = /^(!?)([^?*+]+?)([?*+]?)$/;
const bounds = {
  '': [1, 1],
  '?': [0, 1],
  '*': [0, Number.POSITIVE_INFINITY],
  '+': [1, Number.POSITIVE_INFINITY],
} as const;

export function columnType(text: string): ColumnType {
  const [, fixed = '', types = '', many = ''] = shape.exec(text) ?? [];
  const [key = '', value] = types.split('=');
  const [min, max] = bounds[many as keyof typeof bounds];
  const type = { key: atomType(key), min, max, mutable: fixed === '' };
  return value === undefined ? type : { ...type, value: atomType(value) };
}

function atomType(text: string): AtomType {
  const uuid = /^uuid:(\w+)$/.exec(text)?.[1];
  if (uuid !== undefined) return { kind: 'uuid', refTable: uuid };
  const oneOf = /^string\{(.*)\}$/.exec(text)?.[1];
  if (oneOf !== undefined) return { kind: 'string', oneOf: oneOf.split(',') };
  const [, min = '', max = ''] = /^integer\((\d*)\.\.(\d*)\)$/.exec(text) ?? [];
  const range = { ...(min === '' ? {} : { min: Number(min) }), ...(max === '' ? {} : { max: Number(max) }) };
  return { kind: text.startsWith('integer') ? 'integer' : (text as AtomType['kind']), ...range };
}

/** A new row's value in a column that is not set. */
export function defaultDatum(type: ColumnType): Datum {
  if (type.min === 0 || type.max > 1) return [];
  return [[{ string: '', integer: 0, boolean: false, uuid: '' }[type.key.kind]]];
}

/** In the order in which the database stores and prints it; of two equal keys the later one counts. */
export function sorted(items: Datum): Datum {
  const byKey = new Map(items.map((item) => [item[0], item]));
  return [...byKey.values()].sort((a, b) => compareAtoms(a[0], b[0]));
}

export function compareAtoms(a: Atom, b: Atom): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function sameDatum(a: Datum, b: Datum): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return uuidShape.test(text);
}

/** string_needs_quotes (ovsdb/ovsdb-data.c). */
function formatAtom(atom: Atom, type: AtomType): string {
  if (type.kind !== 'string') return String(atom);
  const text = String(atom);
  const bare = /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text) && text !== 'true' && text !== 'false';
  return bare && !isUuid(text) ? text : JSON.stringify(text);
}

/** As `ovs-vsctl get` prints it. */
export function formatDatum(datum: Datum, type: ColumnType): string {
  const { value } = type;
  const items = datum.map(([k, v]) =>
    value ? `${formatAtom(k, type.key)}=${formatAtom(v ?? '', value)}` : formatAtom(k, type.key),
  );
  if (value) return `{${items.join(', ')}}`;
  const bracketed = datum.length !== 1 || type.max > 1;
  return bracketed ? `[${items.join(', ')}]` : items.join('');
}

/** `--data=bare`: no brackets, no quotes. */
export function bareDatum(datum: Datum): string {
  return datum.map(([k, v]) => (v === undefined ? String(k) : `${k}=${v}`)).join(' ');
}

export type OvsJson = string | number | boolean | readonly OvsJson[];

/** RFC 7047, 5.1: a set of one is its element. */
export function jsonDatum(datum: Datum, type: ColumnType): OvsJson {
  const atom = (value: Atom, of: AtomType): OvsJson => (of.kind === 'uuid' ? ['uuid', value] : value);
  const { value } = type;
  if (value) return ['map', datum.map(([k, v]) => [atom(k, type.key), atom(v ?? '', value)])];
  const [only] = datum;
  if (datum.length === 1 && only) return atom(only[0], type.key);
  return ['set', datum.map(([k]) => atom(k, type.key))];
}
