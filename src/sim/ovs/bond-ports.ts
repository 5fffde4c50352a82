import { hasCarrier } from '../carrier.ts';
import { findNetdev } from '../netdevs.ts';
import type { Netdev, SimState } from '../state.ts';
import type { WantedBridge } from './bridge-wants.ts';
import { entry, follow, numberOf, put, text } from './database.ts';
import { dpdkNetdev } from './dpdk-port.ts';
import type { OvsRow } from './state.ts';

/** Of every bond of OVS's, the MAC of the member that carries its traffic (ofproto/bond.c). */
export function tellBonds(state: SimState, wanted: readonly WantedBridge[]): void {
  const { rows } = state.ovs;
  for (const { row } of wanted)
    for (const port of follow(rows, row, 'ports')) {
      const ifaces = follow(rows, port, 'interfaces');
      const active = ifaces.length > 1 ? activeMember(state, port, ifaces) : undefined;
      put(port, 'bond_active_slave', active ? [[active.mac]] : []);
    }
}

/** The primary if it can, else the one that already does, else the first with a carrier. */
function activeMember(state: SimState, port: OvsRow, ifaces: readonly OvsRow[]): Netdev | undefined {
  const works = ifaces.filter((iface) => (numberOf(iface, 'ofport') ?? -1) > 0);
  const netdevs = works.flatMap((iface) => netdevOf(state, iface) ?? []);
  const alive = netdevs.filter((netdev) => hasCarrier(state, netdev));
  const primary = entry(port, 'other_config', 'bond-primary');
  const current = text(port, 'bond_active_slave');
  const named = works.find((iface) => text(iface, 'name') === primary);
  return (
    alive.find((netdev) => named !== undefined && netdev === netdevOf(state, named)) ??
    alive.find((netdev) => netdev.mac === current) ??
    alive[0]
  );
}

function netdevOf(state: SimState, iface: OvsRow): Netdev | undefined {
  const name = text(iface, 'name');
  return text(iface, 'type') === 'dpdk' ? dpdkNetdev(state, name) : findNetdev(state, '', name);
}
