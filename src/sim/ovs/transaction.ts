import { Failure } from '../errno.ts';
import type { SimState } from '../state.ts';
import { columnsOf, datumIn, newUuid, rootRow, rowsOf, text } from './database.ts';
import { sameDatum } from './datum.ts';
import { refuse } from './parse-datum.ts';
import type { OvsRow, OvsRows } from './state.ts';
import type { TableName } from './tables.ts';

/** One ovs-vsctl's view of the database: its own commands see changes at once, others after the commit. */
export class Transaction {
  readonly state: SimState;
  readonly rows: OvsRows;
  readonly #symbols = new Map<string, string>();
  readonly #made = new Set<string>();
  readonly #named = new Map<string, OvsRow>();
  /** Rows not yet in `#named`: a new row gets its name after it is made. */
  #nameless: OvsRow[];
  /** Names of Interfaces made by add-br, add-port and add-bond, whose errors are reported. */
  readonly fresh: string[] = [];
  /** Printed on stderr although it succeeds. */
  readonly warnings: string[] = [];

  constructor(state: SimState) {
    this.state = state;
    this.rows = structuredClone(state.ovs.rows);
    this.#nameless = Object.values(this.rows);
  }

  /** The row with this name; names never change (ovsdb: not mutable). */
  named(table: TableName, name: string): OvsRow | undefined {
    for (const row of this.#nameless)
      if (row.table !== 'Open_vSwitch') this.#named.set(`${row.table} ${text(row, 'name')}`, row);
    this.#nameless = [];
    const found = this.#named.get(`${table} ${name}`);
    return found && this.rows[found.uuid] === found ? found : undefined;
  }

  /** Resolves `@name`. */
  readonly symbol = (name: string): string => {
    const known = this.#symbols.get(name);
    if (known !== undefined) return known;
    const uuid = newUuid(this.state);
    this.#symbols.set(name, uuid);
    return uuid;
  };

  /** Defines `@name` from the `--id=@name` of a command that makes or finds a row. */
  define(name: string, uuid?: string): string {
    if (!name.startsWith('@')) throw refuse(`row id "${name}" does not begin with "@"`);
    if (this.#made.has(name)) throw refuse(`row id "${name}" may only be specified on one --id option`);
    this.#made.add(name);
    if (uuid === undefined) return this.symbol(name);
    this.#symbols.set(name, uuid);
    return uuid;
  }

  insert(table: TableName, uuid = newUuid(this.state)): OvsRow {
    const row: OvsRow = { uuid, table, values: {} };
    this.rows[uuid] = row;
    this.#nameless.push(row);
    return row;
  }

  /** Drops unreferenced rows, makes the server's checks, and stores the rows. */
  commit(): boolean {
    for (const name of this.#symbols.keys()) {
      if (this.#made.has(name)) continue;
      throw refuse(
        `row id "${name}" is referenced but never created (e.g. with "-- --id=${name} create ...")`,
      );
    }
    this.#checkReferences();
    this.#collect();
    this.#checkIndexes();
    const changed = !sameRows(this.state.ovs.rows, this.rows);
    if (changed) this.state.ovs.rows = this.rows;
    return changed;
  }

  #checkReferences(): void {
    for (const row of Object.values(this.rows)) {
      for (const [column, type] of columnsOf(row.table)) {
        const { refTable } = type.key;
        const count = datumIn(row, column).length;
        if (count > type.max)
          throw this.#violation(
            `Attempted to store ${count} elements in set of up to ${type.max} ${type.key.kind}s.`,
          );
        if (refTable === undefined) continue;
        for (const [uuid] of datumIn(row, column)) {
          if (this.rows[String(uuid)]?.table === refTable) continue;
          const what = `Table ${row.table} column ${column} row ${row.uuid} references nonexistent row ${uuid} in table ${refTable}.`;
          throw this.#violation(what, 'referential integrity violation');
        }
      }
    }
  }

  #violation(details: string, error = 'constraint violation'): Failure {
    const text = `transaction error: ${JSON.stringify({ details, error })}`;
    return new Failure(1, `${warning(this.state, 'ovsdb_idl', text)}ovs-vsctl: ${text}\n`);
  }

  /** Drops rows that cannot be reached from the root. */
  #collect(): void {
    const kept = new Set<string>();
    const reach = (row: OvsRow): void => {
      if (kept.has(row.uuid)) return;
      kept.add(row.uuid);
      for (const [column, type] of columnsOf(row.table)) {
        if (type.key.kind !== 'uuid') continue;
        for (const [uuid] of datumIn(row, column)) {
          const next = this.rows[String(uuid)];
          if (next) reach(next);
        }
      }
    };
    reach(rootRow(this.rows));
    for (const uuid of Object.keys(this.rows)) if (!kept.has(uuid)) delete this.rows[uuid];
  }

  #checkIndexes(): void {
    for (const table of ['Bridge', 'Port', 'Interface'] as const) {
      const seen = new Map<string, OvsRow>();
      for (const row of rowsOf(this.rows, table)) {
        const name = text(row, 'name');
        const other = seen.get(name);
        if (other) throw this.#twice(table, name, other, row);
        seen.set(name, row);
      }
    }
  }

  #twice(table: TableName, name: string, first: OvsRow, second: OvsRow): Failure {
    const where = (row: OvsRow) =>
      this.state.ovs.rows[row.uuid]
        ? 'existed in the database before this transaction and was not modified by the transaction'
        : 'was inserted by this transaction';
    return this.#violation(
      `Transaction causes multiple rows in "${table}" table to have identical values (${/^[a-z_][\w.-]*$/i.test(name) ? name : JSON.stringify(name)}) for index on column "name".  First row, with UUID ${first.uuid}, ${where(first)}.  Second row, with UUID ${second.uuid}, ${where(second)}.`,
    );
  }
}

/** A line of OVS's own log, which its tools print on stderr. */
export function warning(state: SimState, module: string, message: string): string {
  const time = new Date(state.clock.kind === 'own' ? state.clock.nowMs : Date.now()).toISOString();
  return `${time.slice(0, 19)}Z|00002|${module}|WARN|${message}\n`;
}

function sameRows(a: OvsRows, b: OvsRows): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((uuid) => {
    const [x, y] = [a[uuid], b[uuid]];
    if (!x || !y) return false;
    const columns = new Set([...Object.keys(x.values), ...Object.keys(y.values)]);
    return [...columns].every((column) => sameDatum(x.values[column] ?? [], y.values[column] ?? []));
  });
}
