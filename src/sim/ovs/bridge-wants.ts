import type { SimState } from '../state.ts';
import { entry, follow, rootRow, text } from './database.ts';
import type { OvsRow } from './state.ts';

/** A bridge as configured in the database. */
export interface WantedBridge {
  readonly row: OvsRow;
  readonly name: string;
  readonly datapath: 'system' | 'netdev';
  readonly failMode: 'standalone' | 'secure';
  readonly hwaddr: string;
  readonly ifaces: readonly WantedIface[];
  /** Names of its internal ports, including LOCAL. */
  readonly internal: readonly string[];
}

export interface WantedIface {
  readonly row: OvsRow;
  readonly name: string;
  readonly type: string;
  /** Whether it is the port with the bridge's own name. */
  readonly local: boolean;
}

/** In the order of their names, without bridges of an unknown datapath_type. */
export function bridgeWants(state: SimState): readonly WantedBridge[] {
  const { rows } = state.ovs;
  return follow(rows, rootRow(rows), 'bridges')
    .flatMap((row) => wantedBridge(state, row) ?? [])
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function wantedBridge(state: SimState, row: OvsRow): WantedBridge | undefined {
  const type = text(row, 'datapath_type');
  if (type !== '' && type !== 'system' && type !== 'netdev') return undefined;
  const name = text(row, 'name');
  const { rows } = state.ovs;
  const ifaces = follow(rows, row, 'ports')
    .flatMap((port) => follow(rows, port, 'interfaces'))
    .map((iface) => ({
      row: iface,
      name: text(iface, 'name'),
      type: text(iface, 'type'),
      local: text(iface, 'name') === name,
    }));
  return {
    row,
    name,
    datapath: type === 'netdev' ? 'netdev' : 'system',
    failMode: text(row, 'fail_mode') === 'secure' ? 'secure' : 'standalone',
    hwaddr: entry(row, 'other_config', 'hwaddr'),
    ifaces: ifaces.sort((a, b) => (a.name < b.name ? -1 : 1)),
    internal: ifaces.filter((i) => i.local || i.type === 'internal').map((i) => i.name),
  };
}
