import { guid } from '../macs.ts';
import type { SimState } from '../state.ts';
import { type ColumnType, columnType, type Datum, defaultDatum } from './datum.ts';
import type { OvsRow, OvsRows } from './state.ts';
import { type TableName, tableColumns } from './tables.ts';

export type Columns = ReadonlyMap<string, ColumnType>;

const types: ReadonlyMap<TableName, Columns> = new Map(
  (Object.keys(tableColumns) as TableName[]).map((table) => [
    table,
    new Map(Object.entries(tableColumns[table]).map(([column, text]) => [column, columnType(text)])),
  ]),
);

export function columnsOf(table: TableName): Columns {
  return types.get(table) ?? new Map();
}

export function typeOf(table: TableName, column: string): ColumnType {
  const type = columnsOf(table).get(column);
  if (!type) throw new Error(`no column ${column} in ${table}`);
  return type;
}

export function newUuid(state: SimState): string {
  state.ovs.uuids += 1;
  return guid(`ovs/${state.name}/${state.generation}/${state.ovs.uuids}`);
}

export function datumIn(row: OvsRow, column: string): Datum {
  return row.values[column] ?? defaultDatum(typeOf(row.table, column));
}

/** A column with one string; '' if it is empty. */
export function text(row: OvsRow, column: string): string {
  return String(datumIn(row, column)[0]?.[0] ?? '');
}

export function numberOf(row: OvsRow, column: string): number | undefined {
  const atom = datumIn(row, column)[0]?.[0];
  return atom === undefined ? undefined : Number(atom);
}

/** The value of a key in a map, or ''. */
export function entry(row: OvsRow, column: string, key: string): string {
  return String(datumIn(row, column).find(([k]) => k === key)?.[1] ?? '');
}

/** Sets a column; one with its default value is not stored. */
export function put(row: OvsRow, column: string, datum: Datum): void {
  const usual = defaultDatum(typeOf(row.table, column));
  const isDefault = datum.length === usual.length && datum[0]?.[0] === usual[0]?.[0];
  if (isDefault) delete row.values[column];
  else row.values[column] = datum;
}

export function referred(row: OvsRow, column: string): readonly string[] {
  return datumIn(row, column).map(([uuid]) => String(uuid));
}

export function rowsOf(rows: OvsRows, table: TableName): readonly OvsRow[] {
  return Object.values(rows).filter((row) => row.table === table);
}

/** The existing rows that a column refers to. */
export function follow(rows: OvsRows, row: OvsRow, column: string): readonly OvsRow[] {
  return referred(row, column).flatMap((uuid) => rows[uuid] ?? []);
}

/** The one row of Open_vSwitch. */
export function rootRow(rows: OvsRows): OvsRow {
  const [root] = rowsOf(rows, 'Open_vSwitch');
  if (!root) throw new Error('no Open_vSwitch row');
  return root;
}

export function named(rows: OvsRows, table: TableName, name: string): OvsRow | undefined {
  for (const uuid in rows) {
    const row = rows[uuid];
    if (row?.table === table && row.values.name?.[0]?.[0] === name) return row;
  }
  return undefined;
}
