import { hasCarrier } from '../carrier.ts';
import { findNetdev } from '../netdevs.ts';
import type { SimState } from '../state.ts';
import { bridgeWants, type WantedBridge } from './bridge-wants.ts';
import { entry, follow, numberOf, put, text } from './database.ts';
import { dpdkNetdev } from './dpdk-port.ts';
import { wholePort } from './dpdk-whole.ts';
import type { OvsRow } from './state.ts';

/** Writes for every OVS bond the MAC of the member that carries its traffic (ofproto/bond.c). */
export function tellBonds(state: SimState, wanted: readonly WantedBridge[]): void {
  const { rows } = state.ovs;
  for (const { row } of wanted)
    for (const port of follow(rows, row, 'ports')) {
      const ifaces = follow(rows, port, 'interfaces');
      const active = ifaces.length > 1 ? activeMember(state, port, ifaces) : undefined;
      put(port, 'bond_active_slave', active ? [[active.mac]] : []);
    }
}

function bonds(state: SimState): readonly OvsRow[] {
  const { rows } = state.ovs;
  const ports = bridgeWants(state).flatMap(({ row }) => follow(rows, row, 'ports'));
  return ports.filter((port) => follow(rows, port, 'interfaces').length > 1);
}

function membersOf(state: SimState, port: OvsRow): readonly OvsRow[] {
  return [...follow(state.ovs.rows, port, 'interfaces')].sort((a, b) =>
    text(a, 'name') < text(b, 'name') ? -1 : 1,
  );
}

/** `bond/list`. */
export function bondList(state: SimState): string {
  const lines = bonds(state).map((port) => {
    const names = membersOf(state, port).map((iface) => text(iface, 'name'));
    return `${text(port, 'name')}\t${text(port, 'bond_mode') || 'active-backup'}\t0\t${names.join(', ')}\n`;
  });
  return `bond\ttype\trecircID\tmembers\n${lines.join('')}`;
}

/** `bond/show`, of one or all; undefined if there is none with that name. */
export function bondShow(state: SimState, name: string | undefined): string | undefined {
  const shown = bonds(state).filter((port) => name === undefined || text(port, 'name') === name);
  return name !== undefined && shown.length === 0
    ? undefined
    : shown.map((port) => bondText(state, port)).join('');
}

function bondText(state: SimState, port: OvsRow): string {
  const members = membersOf(state, port);
  const active = activeMember(state, port, members);
  const head = [
    `---- ${text(port, 'name')} ----`,
    `bond_mode: ${text(port, 'bond_mode') || 'active-backup'}`,
    'bond may use recirculation: no, Recirc-ID : -1',
    'bond-hash-basis: 0',
    'lb_output action: disabled, bond-id: -1',
    `updelay: ${numberOf(port, 'bond_updelay') ?? 0} ms`,
    `downdelay: ${numberOf(port, 'bond_downdelay') ?? 0} ms`,
    'lacp_status: off',
    'lacp_fallback_ab: false',
    `active-backup primary: ${entry(port, 'other_config', 'bond-primary') || '<none>'}`,
    `active member mac: ${active ? `${active.mac}(${active.name})` : '00:00:00:00:00:00(none)'}`,
  ];
  const parts = members.map((iface) => {
    const enabled = memberOf(state, iface)?.alive === true;
    const mark = text(iface, 'name') === active?.name ? '  active member\n' : '';
    return `member ${text(iface, 'name')}: ${enabled ? 'enabled' : 'disabled'}\n${mark}  may_enable: ${enabled}\n`;
  });
  return `${head.join('\n')}\n\n${parts.join('\n')}\n`;
}

/** The primary if it can be active, else the currently active one, else the first with a carrier. */
function activeMember(state: SimState, port: OvsRow, ifaces: readonly OvsRow[]): Member | undefined {
  const works = ifaces.filter((iface) => (numberOf(iface, 'ofport') ?? -1) > 0);
  const alive = works.flatMap((iface) => memberOf(state, iface) ?? []).filter((member) => member.alive);
  const primary = entry(port, 'other_config', 'bond-primary');
  const current = text(port, 'bond_active_slave');
  return alive.find(({ name }) => name === primary) ?? alive.find(({ mac }) => mac === current) ?? alive[0];
}

interface Member {
  readonly name: string;
  readonly mac: string;
  readonly alive: boolean;
}

function memberOf(state: SimState, iface: OvsRow): Member | undefined {
  const name = text(iface, 'name');
  const isDpdk = text(iface, 'type') === 'dpdk';
  const whole = isDpdk ? wholePort(state, state.ovs.daemon, name) : undefined;
  if (whole) return { name, mac: whole.mac, alive: whole.hasLink };
  const netdev = isDpdk ? dpdkNetdev(state, name) : findNetdev(state, '', name);
  return netdev && { name, mac: netdev.mac, alive: hasCarrier(state, netdev) };
}
