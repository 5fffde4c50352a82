import {
  bridge,
  dropPort,
  findBridge,
  findIface,
  findPort,
  makeIface,
  makePort,
  namesOf,
  refer,
  refuseConflict,
  unrefer,
} from './bridge-rows.ts';
import { follow, put, text } from './database.ts';
import { refuse } from './parse-datum.ts';
import { argument, lines, type VsctlCall, type VsctlCommands } from './vsctl-command.ts';
import { setColumns } from './vsctl-rows.ts';

/** ovs-vsctl's commands that add, delete and find ports. */
export const portCommands: VsctlCommands = {
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
