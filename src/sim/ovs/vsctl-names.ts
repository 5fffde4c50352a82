import { columnsOf, datumIn } from './database.ts';
import type { ColumnType, Datum } from './datum.ts';
import { refuse } from './parse-datum.ts';
import type { OvsRow } from './state.ts';
import { otherTables, type TableName, tableColumns } from './tables.ts';

/** An unambiguous prefix is enough; `-` and `_` are the same, and case does not matter. */
function matching(names: readonly string[], word: string): readonly string[] {
  const plain = (text: string) => text.toLowerCase().replaceAll('-', '_');
  const wanted = plain(word);
  const exact = names.filter((name) => plain(name) === wanted);
  return exact.length > 0 ? exact : names.filter((name) => wanted !== '' && plain(name).startsWith(wanted));
}

/** @throws Failure also for a table that the simulator keeps empty */
export function tableNamed(word: string): TableName {
  const own = Object.keys(tableColumns);
  const found = matching([...own, ...otherTables], word);
  if (found.length === 0) throw refuse(`unknown table "${word}"`);
  if (found.length > 1) throw refuse(`multiple table names match "${word}"`);
  const [name = ''] = found;
  if (!Object.hasOwn(tableColumns, name)) throw refuse(`vflane's simulator does not keep table ${name}`);
  return name as TableName;
}

export function columnNamed(table: TableName, word: string): string {
  const found = matching(['_uuid', ...columnsOf(table).keys()], word);
  const [name] = found;
  if (name === undefined) throw refuse(`${table} does not contain a column whose name matches "${word}"`);
  if (found.length > 1) throw refuse(`${table} contains more than one column whose name matches "${word}"`);
  return name;
}

export function typed(table: TableName, column: string): ColumnType {
  const type = columnsOf(table).get(column);
  return type ?? { key: { kind: 'uuid' }, min: 1, max: 1, mutable: false };
}

export function datumOf(row: OvsRow, column: string): Datum {
  return column === '_uuid' ? [[row.uuid]] : datumIn(row, column);
}
