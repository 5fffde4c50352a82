import { datumIn, entry, follow, named, put, rootRow, rowsOf, text } from './database.ts';
import { sorted } from './datum.ts';
import { refuse } from './parse-datum.ts';
import type { OvsRow } from './state.ts';
import type { Transaction } from './transaction.ts';
import { argument, lines, must, type VsctlCall, type VsctlCommands } from './vsctl-command.ts';
import { setColumns } from './vsctl-rows.ts';

/** ovs-vsctl's own commands, over its tables (utilities/ovs-vsctl.c). */
export const bridgeCommands: VsctlCommands = {
  init: { min: 0, max: 0, act: () => '' },
  comment: { min: 0, max: 999, act: () => '' },
  'emer-reset': { min: 0, max: 0, act: (call) => emergencyReset(call) },
  'add-br': { min: 1, max: 3, options: ['--may-exist'], act: (call) => addBridge(call) },
  'del-br': { min: 1, max: 1, options: ['--if-exists'], act: (call) => deleteBridge(call) },
  'list-br': { min: 0, max: 0, act: (call) => lines(namesOf(bridgesOf(call.tx))) },
  'br-exists': { min: 1, max: 1, act: () => '' },
  'br-to-vlan': { min: 1, max: 1, act: (call) => `${bridge(call, 1) ? 0 : 0}\n` },
  'br-to-parent': { min: 1, max: 1, act: (call) => lines([text(bridge(call, 1), 'name')]) },
  'br-set-external-id': { min: 2, max: 3, act: (call) => setExternalId(call) },
  'br-get-external-id': { min: 1, max: 2, act: (call) => getExternalId(call) },
  'get-fail-mode': {
    min: 1,
    max: 1,
    act: (call) => lines([text(bridge(call, 1), 'fail_mode')].filter(Boolean)),
  },
  'del-fail-mode': { min: 1, max: 1, act: (call) => setFailMode(call, []) },
  'set-fail-mode': { min: 2, max: 2, act: (call) => setFailMode(call, [argument(call, 2)]) },
  'list-ports': { min: 1, max: 1, act: (call) => lines(namesOf(portsOf(call.tx, bridge(call, 1)))) },
  'list-ifaces': { min: 1, max: 1, act: (call) => lines(namesOf(ifacesOf(call.tx, bridge(call, 1)))) },
  'add-port': { min: 2, max: 999, options: ['--may-exist'], act: (call) => addPort(call) },
  'add-bond': {
    min: 4,
    max: 999,
    options: ['--may-exist', '--fake-iface'],
    act: (call) => addBond(call),
  },
  'del-port': { min: 1, max: 2, options: ['--if-exists', '--with-iface'], act: (call) => deletePort(call) },
  'port-to-br': { min: 1, max: 1, act: (call) => portToBridge(call) },
  'iface-to-br': { min: 1, max: 1, act: (call) => ifaceToBridge(call) },
};

export function bridgesOf(tx: Transaction): readonly OvsRow[] {
  return follow(tx.rows, rootRow(tx.rows), 'bridges');
}

function namesOf(rows: readonly OvsRow[]): readonly string[] {
  return rows.map((row) => text(row, 'name')).sort();
}

function isLocal(bridgeRow: OvsRow, port: OvsRow): boolean {
  return text(port, 'name') === text(bridgeRow, 'name');
}

/** Without the LOCAL port, which the commands do not show. */
function portsOf(tx: Transaction, row: OvsRow): readonly OvsRow[] {
  return follow(tx.rows, row, 'ports').filter((port) => !isLocal(row, port));
}

function ifacesOf(tx: Transaction, row: OvsRow): readonly OvsRow[] {
  return portsOf(tx, row).flatMap((port) => follow(tx.rows, port, 'interfaces'));
}

function findBridge(tx: Transaction, name: string): OvsRow | undefined {
  return bridgesOf(tx).find((row) => text(row, 'name') === name);
}

function bridge(call: VsctlCall, n: number): OvsRow {
  const name = argument(call, n);
  return must(findBridge(call.tx, name), `no bridge named ${name}`);
}

interface Placed {
  readonly bridge: OvsRow;
  readonly port: OvsRow;
}

function findPort(tx: Transaction, name: string): Placed | undefined {
  const port = named(tx.rows, 'Port', name);
  const home = port && bridgesOf(tx).find((row) => follow(tx.rows, row, 'ports').includes(port));
  return port && home && !isLocal(home, port) ? { bridge: home, port } : undefined;
}

function findIface(tx: Transaction, name: string): Placed | undefined {
  const places = bridgesOf(tx).flatMap((row) => portsOf(tx, row).map((port) => ({ bridge: row, port })));
  return places.find(({ port }) => follow(tx.rows, port, 'interfaces').some((i) => text(i, 'name') === name));
}

/** check_conflicts: bridges, ports and interfaces share one space of names. */
function refuseConflict(tx: Transaction, name: string, what: string): void {
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

function refer(row: OvsRow, column: string, uuid: string): void {
  put(row, column, sorted([...datumIn(row, column), [uuid]]));
}

function unrefer(row: OvsRow, column: string, uuid: string): void {
  put(
    row,
    column,
    datumIn(row, column).filter(([other]) => other !== uuid),
  );
}

function addBridge(call: VsctlCall): string {
  const { tx } = call;
  const name = argument(call, 1);
  if (call.words.length === 3) throw refuse("'add-br' command takes exactly 1 or 3 arguments");
  if (call.words.length === 4) throw refuse(`parent bridge ${argument(call, 2)} does not exist`);
  if (name === '') throw refuse('bridge name must not be empty string');
  if (call.options.has('--may-exist') && findBridge(tx, name)) return '';
  refuseConflict(tx, name, 'a bridge');
  const iface = makeIface(tx, name);
  put(iface, 'type', [['internal']]);
  const row = tx.insert('Bridge');
  put(row, 'name', [[name]]);
  refer(row, 'ports', makePort(tx, name, [iface]).uuid);
  refer(rootRow(tx.rows), 'bridges', row.uuid);
  return '';
}

function makeIface(tx: Transaction, name: string): OvsRow {
  const iface = tx.insert('Interface');
  put(iface, 'name', [[name]]);
  tx.fresh.push(name);
  return iface;
}

function makePort(tx: Transaction, name: string, ifaces: readonly OvsRow[]): OvsRow {
  const port = tx.insert('Port');
  put(port, 'name', [[name]]);
  put(port, 'interfaces', sorted(ifaces.map((iface) => [iface.uuid])));
  return port;
}

function deleteBridge(call: VsctlCall): string {
  const name = argument(call, 1);
  const row = findBridge(call.tx, name);
  if (!row && call.options.has('--if-exists')) return '';
  const gone = must(row, `no bridge named ${name}`);
  unrefer(rootRow(call.tx.rows), 'bridges', gone.uuid);
  for (const port of follow(call.tx.rows, gone, 'ports')) dropPort(call.tx, port);
  delete call.tx.rows[gone.uuid];
  return '';
}

/** Later commands of the transaction no longer see it. */
function dropPort(tx: Transaction, port: OvsRow): void {
  for (const iface of follow(tx.rows, port, 'interfaces')) delete tx.rows[iface.uuid];
  delete tx.rows[port.uuid];
}

function setFailMode(call: VsctlCall, modes: readonly string[]): string {
  const row = bridge(call, 1);
  if (modes.some((mode) => mode !== 'secure' && mode !== 'standalone'))
    throw refuse('fail-mode must be "standalone" or "secure"');
  put(
    row,
    'fail_mode',
    modes.map((mode) => [mode]),
  );
  return '';
}

function setExternalId(call: VsctlCall): string {
  const row = bridge(call, 1);
  const key = argument(call, 2);
  const others = datumIn(row, 'external_ids').filter(([k]) => k !== key);
  const value = call.words[3];
  put(row, 'external_ids', value === undefined ? others : sorted([...others, [key, value]]));
  return '';
}

function getExternalId(call: VsctlCall): string {
  const row = bridge(call, 1);
  const key = call.words[2];
  if (key !== undefined) return lines([entry(row, 'external_ids', key)].filter(Boolean));
  return lines(datumIn(row, 'external_ids').map(([k, v]) => `${k}=${v}`));
}

function addPort(call: VsctlCall): string {
  const [, , name = '', ...settings] = call.words;
  return makePortOn(call, name, [name], settings);
}

function addBond(call: VsctlCall): string {
  const rest = call.words.slice(3);
  const isSetting = (word: string) => /[=:]/.test(word);
  return makePortOn(
    call,
    argument(call, 2),
    rest.filter((w) => !isSetting(w)),
    rest.filter(isSetting),
  );
}

function makePortOn(
  call: VsctlCall,
  name: string,
  ifaces: readonly string[],
  settings: readonly string[],
): string {
  const { tx } = call;
  if (call.options.has('--may-exist') && isThere(call, name, ifaces)) return '';
  refuseConflict(tx, name, 'a port');
  if (ifaces.length > 1) for (const iface of ifaces) refuseConflict(tx, iface, 'an interface');
  const row = bridge(call, 1);
  const port = makePort(
    tx,
    name,
    ifaces.map((iface) => makeIface(tx, iface)),
  );
  refer(row, 'ports', port.uuid);
  setColumns(tx, port, settings);
  if (call.options.has('--fake-iface')) put(port, 'bond_fake_iface', [[true]]);
  return '';
}

function isThere(call: VsctlCall, name: string, ifaces: readonly string[]): boolean {
  const found = findPort(call.tx, name);
  if (!found) return false;
  const command = [...call.options.keys(), ...call.words].join(' ');
  const home = text(found.bridge, 'name');
  if (home !== argument(call, 1))
    throw refuse(`"${command}" but ${name} is actually attached to bridge ${home}`);
  const own = namesOf(follow(call.tx.rows, found.port, 'interfaces'));
  if (own.join() !== [...ifaces].sort().join())
    throw refuse(`"${command}" but ${name} actually has interface(s) ${own.join(', ')}`);
  return true;
}

function deletePort(call: VsctlCall): string {
  const { tx } = call;
  const name = call.words.at(-1) ?? '';
  const mayMiss = call.options.has('--if-exists');
  if (findBridge(tx, name)) {
    if (mayMiss) return '';
    const why = 'deleting this port requires deleting the entire bridge';
    throw refuse(`cannot delete port ${name} because it is the local port for bridge ${name} (${why})`);
  }
  const found = findPort(tx, name) ?? (call.options.has('--with-iface') ? findIface(tx, name) : undefined);
  if (!found) {
    if (mayMiss) return '';
    throw refuse(`no port named ${name}`);
  }
  if (call.words.length === 3 && bridge(call, 1) !== found.bridge)
    throw refuse(`bridge ${argument(call, 1)} does not have a port ${name}`);
  unrefer(found.bridge, 'ports', found.port.uuid);
  dropPort(tx, found.port);
  return '';
}

function portToBridge(call: VsctlCall): string {
  const name = argument(call, 1);
  const found = findPort(call.tx, name);
  if (!found) throw refuse(`no port named ${name}`);
  return lines([text(found.bridge, 'name')]);
}

function ifaceToBridge(call: VsctlCall): string {
  const name = argument(call, 1);
  const found = findIface(call.tx, name);
  if (!found) throw refuse(`no interface named ${name}`);
  return lines([text(found.bridge, 'name')]);
}

/** Takes back what could get in the way of reaching the host; ports stay. */
function emergencyReset(call: VsctlCall): string {
  for (const row of rowsOf(call.tx.rows, 'Bridge')) put(row, 'fail_mode', []);
  return '';
}
