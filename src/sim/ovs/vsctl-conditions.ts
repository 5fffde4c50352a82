import { compareAtoms, type Datum, sameDatum } from './datum.ts';
import { parseDatum, refuse, token, unquote } from './parse-datum.ts';
import type { OvsRow } from './state.ts';
import type { TableName } from './tables.ts';
import type { Transaction } from './transaction.ts';
import { columnNamed, datumOf, typed } from './vsctl-names.ts';

interface Assignment {
  readonly column: string;
  readonly key: string | undefined;
  readonly operator: string;
  readonly value: string;
}

/** COLUMN[:KEY] OPERATOR VALUE (parse_column_key_value). */
export function assignment(table: TableName, word: string, operators: readonly string[]): Assignment {
  const first = token(word, 0);
  if (first.word === '') throw refuse(`${word}: missing column name`);
  const column = columnNamed(table, first.word);
  let at = first.end;
  let key: string | undefined;
  if (word[at] === ':') {
    const next = token(word, at + 1);
    key = unquote(next.word);
    at = next.end;
  }
  const operator = [...operators].sort((a, b) => b.length - a.length).find((op) => word.startsWith(op, at));
  const value = operator === undefined ? '' : word.slice(at + operator.length);
  if (operator === undefined || value === '')
    throw refuse(`${word}: argument does not end in ${listed(operators)} followed by a value.`);
  return { column, key, operator, value };
}

function listed(operators: readonly string[]): string {
  const quoted = operators.map((op) => `"${op}"`);
  return quoted.length === 1 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')}, or ${quoted.at(-1)}`;
}

const relations = [
  '=',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '{=}',
  '{!=}',
  '{<}',
  '{>}',
  '{<=}',
  '{>=}',
  '{in}',
  '{not-in}',
];

/** Whether a row meets a condition of `find` or `wait-until`. */
export function holds(tx: Transaction, row: OvsRow, condition: string): boolean {
  const { column, key, operator, value } = assignment(row.table, condition, relations);
  const type = typed(row.table, column);
  const datum = datumOf(row, column);
  if (key === undefined) return relates(operator, datum, parseDatum(value, type, tx.symbol));
  if (!type.value) throw refuse(`cannot specify key to check for non-map column ${column}`);
  const one = { key: type.value, min: 0, max: Number.POSITIVE_INFINITY, mutable: true } as const;
  const wanted = parseDatum(value, one, tx.symbol);
  const found = datum.find(([k]) => k === key);
  if (!found) return operator === '{not-in}';
  return relates(operator, [[found[1] ?? '']], wanted);
}

function relates(operator: string, a: Datum, b: Datum): boolean {
  const order =
    a.length !== b.length ? a.length - b.length : compareAtoms(String(a[0]?.[0]), String(b[0]?.[0]));
  const numeric = typeof a[0]?.[0] === 'number' && typeof b[0]?.[0] === 'number' && a.length === b.length;
  const by = numeric ? Number(a[0]?.[0]) - Number(b[0]?.[0]) : order;
  const within = (x: Datum, y: Datum) => x.every((item) => y.some((other) => sameDatum([item], [other])));
  const tests: { readonly [operator: string]: () => boolean } = {
    '=': () => sameDatum(a, b),
    '!=': () => !sameDatum(a, b),
    '<': () => by < 0,
    '>': () => by > 0,
    '<=': () => by <= 0,
    '>=': () => by >= 0,
    '{=}': () => sameDatum(a, b),
    '{!=}': () => !sameDatum(a, b),
    '{<}': () => within(a, b) && a.length < b.length,
    '{>}': () => within(b, a) && a.length > b.length,
    '{<=}': () => within(a, b),
    '{>=}': () => within(b, a),
    '{in}': () => within(a, b),
    '{not-in}': () => !within(a, b),
  };
  return tests[operator]?.() ?? false;
}
