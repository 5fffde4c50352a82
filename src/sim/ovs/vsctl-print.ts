import { bareDatum, type ColumnType, type Datum, formatDatum, jsonDatum } from './datum.ts';

/** How rows are printed (lib/table.c). */
export interface TableStyle {
  readonly format: 'list' | 'table' | 'json' | 'csv';
  readonly data: 'string' | 'bare' | 'json';
  readonly headings: boolean;
  readonly pretty: boolean;
}

export interface Cell {
  readonly datum: Datum;
  readonly type: ColumnType;
}

type Rows = readonly (readonly Cell[])[];

export function printTable(style: TableStyle, columns: readonly string[], rows: Rows): string {
  if (style.format === 'json') return printJson(style, columns, rows);
  const texts = rows.map((row) => row.map((cell) => cellText(style, cell)));
  if (style.format === 'list') return printList(style, columns, texts);
  const all = style.headings ? [columns, ...texts] : texts;
  return style.format === 'csv'
    ? all.map((row) => `${row.map(csv).join(',')}\n`).join('')
    : printAligned(style, columns, texts);
}

function cellText(style: TableStyle, { datum, type }: Cell): string {
  if (style.data === 'bare') return bareDatum(datum);
  return style.data === 'json' ? JSON.stringify(jsonDatum(datum, type)) : formatDatum(datum, type);
}

function printList(
  style: TableStyle,
  columns: readonly string[],
  texts: readonly (readonly string[])[],
): string {
  const line = (text: string, at: number) =>
    style.headings ? `${(columns[at] ?? '').padEnd(20)}: ${text}\n` : `${text}\n`;
  return texts.map((row) => row.map(line).join('')).join('\n');
}

function printAligned(
  style: TableStyle,
  columns: readonly string[],
  texts: readonly (readonly string[])[],
): string {
  const widths = columns.map((heading, at) =>
    Math.max(style.headings ? heading.length : 0, ...texts.map((row) => row[at]?.length ?? 0)),
  );
  const rules = widths.map((width) => '-'.repeat(width));
  const rows = style.headings ? [columns, rules, ...texts] : texts;
  const line = (row: readonly string[]) =>
    row.map((text, at) => (at === row.length - 1 ? text : text.padEnd(widths[at] ?? 0))).join(' ');
  return rows.map((row) => `${line(row)}\n`).join('');
}

function csv(text: string): string {
  return /["\n\r,]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function printJson(style: TableStyle, columns: readonly string[], rows: Rows): string {
  const data = rows.map((row) => row.map((cell) => jsonDatum(cell.datum, cell.type)));
  const value = { data, headings: columns };
  return `${style.pretty ? JSON.stringify(value, undefined, 2) : JSON.stringify(value)}\n`;
}
