import { datumIn, follow, rootRow, typeOf } from './database.ts';
import { compareAtoms, formatDatum } from './datum.ts';
import type { OvsRow } from './state.ts';
import type { TableName } from './tables.ts';
import type { VsctlCall, VsctlCommands } from './vsctl-command.ts';

/** What `show` prints about a row besides its name (ovs-vsctl.c, cmd_show_tables). */
const shown: { readonly [table in TableName]: readonly string[] } = {
  Open_vSwitch: ['bridges', 'ovs_version'],
  Bridge: ['fail_mode', 'datapath_type', 'ports'],
  Port: ['tag', 'trunks', 'interfaces'],
  Interface: ['type', 'options', 'error'],
};

export const showCommand: VsctlCommands = {
  show: {
    min: 0,
    max: 0,
    act: (call) => {
      const root = rootRow(call.tx.rows);
      return `${root.uuid}\n${columns(call, root, 1)}`;
    },
  },
};

function columns(call: VsctlCall, row: OvsRow, level: number): string {
  return shown[row.table].map((column) => show(call, row, column, level)).join('');
}

function show(call: VsctlCall, row: OvsRow, column: string, level: number): string {
  const indent = '    '.repeat(level);
  const type = typeOf(row.table, column);
  if (type.key.kind === 'uuid') {
    const rows = [...follow(call.tx.rows, row, column)].sort((a, b) => compareAtoms(a.uuid, b.uuid));
    return rows.map((child) => `${indent}${heading(child)}\n${columns(call, child, level + 1)}`).join('');
  }
  const datum = datumIn(row, column);
  const isEmpty = datum.length === 0 || (datum.length === 1 && datum[0]?.[0] === '');
  return isEmpty ? '' : `${indent}${column}: ${formatDatum(datum, type)}\n`;
}

function heading(row: OvsRow): string {
  return `${row.table} ${formatDatum(datumIn(row, 'name'), typeOf(row.table, 'name'))}`;
}
