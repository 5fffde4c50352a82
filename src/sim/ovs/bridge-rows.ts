import { datumIn, follow, put, rootRow, text } from './database.ts';
import { sorted } from './datum.ts';
import { refuse } from './parse-datum.ts';
import type { OvsRow } from './state.ts';
import type { Transaction } from './transaction.ts';
import { argument, must, type VsctlCall } from './vsctl-command.ts';

export function bridgesOf(tx: Transaction): readonly OvsRow[] {
  return follow(tx.rows, rootRow(tx.rows), 'bridges');
}

export function namesOf(rows: readonly OvsRow[]): readonly string[] {
  return rows.map((row) => text(row, 'name')).sort();
}

export function isLocal(bridgeRow: OvsRow, port: OvsRow): boolean {
  return text(port, 'name') === text(bridgeRow, 'name');
}

/** All but the LOCAL port, which the commands do not show. */
export function portsOf(tx: Transaction, row: OvsRow): readonly OvsRow[] {
  return follow(tx.rows, row, 'ports').filter((port) => !isLocal(row, port));
}

export function ifacesOf(tx: Transaction, row: OvsRow): readonly OvsRow[] {
  return portsOf(tx, row).flatMap((port) => follow(tx.rows, port, 'interfaces'));
}

export function findBridge(tx: Transaction, name: string): OvsRow | undefined {
  return bridgesOf(tx).find((row) => text(row, 'name') === name);
}

export function bridge(call: VsctlCall, n: number): OvsRow {
  const name = argument(call, n);
  return must(findBridge(call.tx, name), `no bridge named ${name}`);
}

export interface Placed {
  readonly bridge: OvsRow;
  readonly port: OvsRow;
}

export function findPort(tx: Transaction, name: string): Placed | undefined {
  const port = tx.named('Port', name);
  const home = port && bridgesOf(tx).find((row) => follow(tx.rows, row, 'ports').includes(port));
  return port && home && !isLocal(home, port) ? { bridge: home, port } : undefined;
}

export function findIface(tx: Transaction, name: string): Placed | undefined {
  const iface = tx.named('Interface', name);
  if (!iface) return undefined;
  const places = bridgesOf(tx).flatMap((row) => portsOf(tx, row).map((port) => ({ bridge: row, port })));
  return places.find(({ port }) => follow(tx.rows, port, 'interfaces').includes(iface));
}

/** check_conflicts: bridges, ports and interfaces share one namespace. */
export function refuseConflict(tx: Transaction, name: string, what: string): void {
  if (findBridge(tx, name))
    throw refuse(`cannot create ${what} named ${name} because a bridge named ${name} already exists`);
  const port = findPort(tx, name);
  const because = (kind: string, place: Placed) =>
    refuse(
      `cannot create ${what} named ${name} because ${kind} named ${name} already exists on bridge ${text(place.bridge, 'name')}`,
    );
  if (port) throw because('a port', port);
  const iface = findIface(tx, name);
  if (iface) throw because('an interface', iface);
}

export function refer(row: OvsRow, column: string, uuid: string): void {
  const items = datumIn(row, column);
  const at = items.findIndex(([other]) => other > uuid);
  put(row, column, at < 0 ? [...items, [uuid]] : [...items.slice(0, at), [uuid], ...items.slice(at)]);
}

export function unrefer(row: OvsRow, column: string, uuid: string): void {
  put(
    row,
    column,
    datumIn(row, column).filter(([other]) => other !== uuid),
  );
}

export function makeIface(tx: Transaction, name: string): OvsRow {
  const iface = tx.insert('Interface');
  put(iface, 'name', [[name]]);
  tx.fresh.push(name);
  return iface;
}

export function makePort(tx: Transaction, name: string, ifaces: readonly OvsRow[]): OvsRow {
  const port = tx.insert('Port');
  put(port, 'name', [[name]]);
  put(port, 'interfaces', sorted(ifaces.map((iface) => [iface.uuid])));
  return port;
}

/** Drops a port, so that later commands of the transaction no longer see it. */
export function dropPort(tx: Transaction, port: OvsRow): void {
  for (const iface of follow(tx.rows, port, 'interfaces')) delete tx.rows[iface.uuid];
  delete tx.rows[port.uuid];
}
