import {
  bridge,
  bridgesOf,
  dropPort,
  findBridge,
  ifacesOf,
  makeIface,
  makePort,
  namesOf,
  portsOf,
  refer,
  refuseConflict,
  unrefer,
} from './bridge-rows.ts';
import { datumIn, entry, follow, put, rootRow, rowsOf, text } from './database.ts';
import { sorted } from './datum.ts';
import { refuse } from './parse-datum.ts';
import { argument, lines, must, type VsctlCall, type VsctlCommands } from './vsctl-command.ts';

/** ovs-vsctl's own commands for bridges (utilities/ovs-vsctl.c). */
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
};

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

/** Removes settings that could prevent access to the host; ports stay. */
function emergencyReset(call: VsctlCall): string {
  for (const row of rowsOf(call.tx.rows, 'Bridge')) put(row, 'fail_mode', []);
  return '';
}
