import { kernelOf } from '../functions.ts';
import { columnsOf, datumIn, newUuid, put, rootRow, rowsOf } from './database.ts';
import { compareAtoms, type Datum, formatDatum, isUuid, sameDatum, sorted } from './datum.ts';
import { parseAtom, parseDatum, refuse, token, unquote } from './parse-datum.ts';
import type { OvsRow } from './state.ts';
import type { TableName } from './tables.ts';
import { type Transaction, warning } from './transaction.ts';
import { argument, type VsctlCall, type VsctlCommands } from './vsctl-command.ts';
import { assignment, holds } from './vsctl-conditions.ts';
import { columnNamed, datumOf, tableNamed, typed } from './vsctl-names.ts';
import { printTable } from './vsctl-print.ts';

/** The commands for any table (lib/db-ctl-base.c). */
export const rowCommands: VsctlCommands = {
  list: { min: 1, max: 999, options: ['--if-exists', '--columns'], act: (call) => list(call) },
  find: { min: 1, max: 999, options: ['--columns'], act: (call) => find(call) },
  get: { min: 2, max: 999, options: ['--if-exists', '--id'], act: (call) => get(call) },
  set: { min: 3, max: 999, options: ['--if-exists'], act: (call) => onRow(call, set) },
  add: { min: 4, max: 999, options: ['--if-exists'], act: (call) => onRow(call, add) },
  remove: { min: 4, max: 999, options: ['--if-exists'], act: (call) => onRow(call, remove) },
  clear: { min: 3, max: 999, options: ['--if-exists'], act: (call) => onRow(call, clear) },
  create: { min: 2, max: 999, options: ['--id'], act: (call) => create(call) },
  destroy: { min: 1, max: 999, options: ['--if-exists', '--all'], act: (call) => destroy(call) },
  'wait-until': { min: 2, max: 999, act: () => '' },
};

function findRow(tx: Transaction, table: TableName, word: string): OvsRow | undefined {
  if (table === 'Open_vSwitch') {
    const root = rootRow(tx.rows);
    return word === '.' || word === root.uuid ? root : undefined;
  }
  if (isUuid(word)) {
    const row = tx.rows[word.toLowerCase()];
    return row?.table === table ? row : undefined;
  }
  return tx.named(table, word);
}

/** The row that a command names; `--if-exists` allows it to be missing. */
function rowOf(call: VsctlCall, table: TableName, word: string): OvsRow | undefined {
  const row = findRow(call.tx, table, word);
  if (!row && !call.options.has('--if-exists')) throw refuse(`no row "${word}" in table ${table}`);
  return row;
}

type OnRow = (call: VsctlCall, row: OvsRow) => void;

function onRow(call: VsctlCall, act: OnRow): string {
  const table = tableNamed(argument(call, 1));
  checkColumns(call, table);
  const row = rowOf(call, table, argument(call, 2));
  if (row) act(call, row);
  return '';
}

/** Checks columns before rows are looked up. */
function checkColumns(call: VsctlCall, table: TableName): void {
  const inOne = call.words[0] === 'add' || call.words[0] === 'remove';
  for (const word of inOne ? call.words.slice(3, 4) : call.words.slice(3))
    columnNamed(table, token(word, 0).word);
}

function shownColumns(call: VsctlCall, table: TableName): readonly string[] {
  const wanted = call.options.get('--columns');
  if (wanted === undefined) return ['_uuid', ...columnsOf(table).keys()];
  const words = wanted.split(/[, ]+/).filter((word) => word !== '');
  if (words.length === 0) throw refuse('must specify at least one column name');
  return words.map((word) => columnNamed(table, word));
}

function printRows(call: VsctlCall, table: TableName, columns: readonly string[], rows: readonly OvsRow[]) {
  const cells = rows.map((row) =>
    columns.map((column) => ({ datum: datumOf(row, column), type: typed(table, column) })),
  );
  return printTable(call.style, columns, cells);
}

function byUuid(rows: readonly OvsRow[]): readonly OvsRow[] {
  return [...rows].sort((a, b) => compareAtoms(a.uuid, b.uuid));
}

function list(call: VsctlCall): string {
  const table = tableNamed(argument(call, 1));
  const columns = shownColumns(call, table);
  const names = call.words.slice(2);
  const rows =
    names.length === 0
      ? byUuid(rowsOf(call.tx.rows, table))
      : names.flatMap((name) => rowOf(call, table, name) ?? []);
  return printRows(call, table, columns, rows);
}

function find(call: VsctlCall): string {
  const table = tableNamed(argument(call, 1));
  const columns = shownColumns(call, table);
  const conditions = call.words.slice(2);
  const rows = byUuid(rowsOf(call.tx.rows, table)).filter((row) =>
    conditions.every((condition) => holds(call.tx, row, condition)),
  );
  return printRows(call, table, columns, rows);
}

function get(call: VsctlCall): string {
  const table = tableNamed(argument(call, 1));
  checkColumns(call, table);
  const row = rowOf(call, table, argument(call, 2));
  const id = call.options.get('--id');
  if (id !== undefined && row) call.tx.define(id, row.uuid);
  if (!row) return '';
  return call.words
    .slice(3)
    .map((word) => `${getOne(call, row, word)}\n`)
    .join('');
}

function getOne(call: VsctlCall, row: OvsRow, word: string): string {
  const { word: name, end } = token(word, 0);
  const column = columnNamed(row.table, name);
  const type = typed(row.table, column);
  const datum = datumOf(row, column);
  if (word[end] !== ':') return formatDatum(datum, type);
  if (!type.value) throw refuse(`cannot specify key to get for non-map column ${column}`);
  const key = unquote(token(word, end + 1).word);
  const found = datum.find(([k]) => k === key);
  if (found)
    return formatDatum([[found[1] ?? '']], {
      ...type,
      key: type.value,
      max: 1,
      min: 1,
      value: undefined,
    } as never);
  if (call.options.has('--if-exists')) return '';
  throw refuse(`no key "${key}" in ${row.table} record "${argument(call, 2)}" column ${column}`);
}

function refuseFixed(table: TableName, column: string): void {
  if (!typed(table, column).mutable)
    throw refuse(`cannot modify read-only column ${column} in table ${table}`);
}

/** Applies each COLUMN[:KEY]=VALUE in turn. */
export function setColumns(tx: Transaction, row: OvsRow, settings: readonly string[], isNew = false): void {
  for (const setting of settings) {
    const { column, key, value } = assignment(row.table, setting, ['=']);
    if (!isNew) refuseFixed(row.table, column);
    const type = typed(row.table, column);
    if (key === undefined) put(row, column, parseDatum(value, type, tx.symbol));
    else if (type.value) {
      put(row, column, sorted([...datumIn(row, column), [key, parseAtom(value, type.value, tx.symbol)]]));
    } else throw refuse(`cannot specify key to set for non-map column ${column}`);
  }
}

function set(call: VsctlCall, row: OvsRow): void {
  setColumns(call.tx, row, call.words.slice(3));
}

/** In 3.5, unlike 3.1, an existing key keeps its value, and too many elements are refused before the server is asked. */
function add(call: VsctlCall, row: OvsRow): void {
  const column = columnNamed(row.table, argument(call, 3));
  refuseFixed(row.table, column);
  const { max, ...rest } = typed(row.table, column);
  const many = { ...rest, min: 1, max: Number.POSITIVE_INFINITY } as const;
  const items = call.words.slice(4).flatMap((word) => parseDatum(word, many, call.tx.symbol));
  const [there, isNew] = [datumIn(row, column), kernelOf(call.tx.state).debian >= 13];
  const all = sorted(isNew ? [...items, ...there] : [...there, ...items]);
  if (isNew && all.length > max)
    throw refuse(
      `"add" operation would put ${all.length} values in column ${column} of table ${row.table} but the maximum number is ${max}`,
    );
  put(row, column, all);
}

/** A map's element is named by its key, or by key and value. */
function remove(call: VsctlCall, row: OvsRow): void {
  const column = columnNamed(row.table, argument(call, 3));
  refuseFixed(row.table, column);
  const type = typed(row.table, column);
  const many = { ...type, min: 1, max: Number.POSITIVE_INFINITY } as const;
  const { value: _, ...keys } = many;
  for (const word of call.words.slice(4)) {
    const whole = !type.value || word.includes('=');
    const gone = parseDatum(word, whole ? many : keys, call.tx.symbol);
    const matches = (item: Datum[number]) =>
      gone.some((other) => (whole ? sameDatum([item], [other]) : item[0] === other[0]));
    const rest = datumIn(row, column).filter((item) => !matches(item));
    if (rest.length < type.min)
      throw refuse(
        `"remove" operation would put ${rest.length} values in column ${column} of table ${row.table} but the minimum number is ${type.min}`,
      );
    put(row, column, rest);
  }
}

function clear(call: VsctlCall, row: OvsRow): void {
  for (const word of call.words.slice(3)) {
    const column = columnNamed(row.table, word);
    refuseFixed(row.table, column);
    if (typed(row.table, column).min > 0) {
      const why = `"clear" operation cannot be applied to column ${column} of table ${row.table}, which is not allowed to be empty`;
      throw refuse(why);
    }
    put(row, column, []);
  }
}

function create(call: VsctlCall): string {
  const table = tableNamed(argument(call, 1));
  const id = call.options.get('--id');
  const uuid = id === undefined ? newUuid(call.tx.state) : call.tx.define(id);
  const row = call.tx.insert(table, uuid);
  setColumns(call.tx, row, call.words.slice(2), true);
  if (id === undefined) {
    const why = `applying "create" command to table ${table} without --id option will have no effect`;
    call.tx.warnings.push(warning(call.tx.state, 'db_ctl_base', why));
  }
  return `${uuid}\n`;
}

/** No table here is a root set: a row goes when nothing refers to it, whatever this says (ovsdb-idl). */
function destroy(call: VsctlCall): string {
  const table = tableNamed(argument(call, 1));
  for (const word of call.words.slice(2)) rowOf(call, table, word);
  return '';
}
