import { hasCarrier } from '../carrier.ts';
import { findNetdev } from '../netdevs.ts';
import { removeNetdev } from '../remove.ts';
import type { Netdev, SimState } from '../state.ts';
import { tellBonds } from './bond-ports.ts';
import type { WantedBridge, WantedIface } from './bridge-wants.ts';
import { numberOf, put } from './database.ts';
import { internalNetdev, kernelDatapath } from './datapath-netdevs.ts';
import type { Datum } from './datum.ts';
import { dpdkFault, dropDpdkPort, tellDpdk } from './dpdk-port.ts';
import { keep, settleLocal } from './local-port.ts';
import { peerFault } from './patch-ports.ts';
import type { BridgeInForce, Vswitchd } from './state.ts';
import { isTunnel, TunnelBook, tunnelPorts } from './tunnels.ts';

/** Port number of a bridge's own netdev (OpenFlow's OFPP_LOCAL, truncated to 16 bits). */
const localPort = 65534;

/** Adds, keeps and removes the ports of every bridge, and writes each one's status into the database. */
export function settlePorts(
  state: SimState,
  daemon: Vswitchd,
  wanted: readonly WantedBridge[],
  retry: boolean,
): void {
  const book = new TunnelBook();
  letGo(state, wanted);
  forgetDpdkPorts(daemon, wanted);
  for (const bridge of wanted) {
    const inForce = daemon.bridges[bridge.name];
    if (!inForce) for (const iface of bridge.ifaces) tellError(iface, bridge, state);
    else settleBridge({ state, daemon, bridge, inForce, book, retry, used: usedNumbers(inForce, bridge) });
  }
  settleTunnelNetdevs(state, wanted);
  for (const bridge of wanted) for (const iface of bridge.ifaces) tellPeer(bridge, iface, wanted);
  for (const bridge of wanted) {
    settleLocal(state, bridge);
    for (const iface of bridge.ifaces) tellStatus(state, iface);
  }
  tellBonds(state, wanted);
}

interface Settling {
  readonly state: SimState;
  readonly daemon: Vswitchd;
  readonly bridge: WantedBridge;
  readonly inForce: BridgeInForce;
  readonly book: TunnelBook;
  readonly retry: boolean;
  /** Names by OpenFlow port number. */
  readonly used: Map<number, string>;
}

/** Forgets DPDK ports that no bridge has any more. */
function forgetDpdkPorts(daemon: Vswitchd, wanted: readonly WantedBridge[]): void {
  const names = new Set(wanted.flatMap((b) => b.ifaces.filter((i) => i.type === 'dpdk').map((i) => i.name)));
  const known = Object.keys({ ...daemon.dpdkPorts, ...daemon.wholePorts });
  for (const name of known) if (!names.has(name)) dropDpdkPort(daemon, name);
}

function usedNumbers(inForce: BridgeInForce, bridge: WantedBridge): Map<number, string> {
  const names = new Set(bridge.ifaces.map((iface) => iface.name));
  for (const name of Object.keys(inForce.ports)) if (!names.has(name)) delete inForce.ports[name];
  return new Map(Object.entries(inForce.ports).map(([name, number]) => [number, name]));
}

/** Reports that another netdev has the bridge's own name. */
function tellError(iface: WantedIface, bridge: WantedBridge, state: SimState): void {
  const clash = iface.local && findNetdev(state, '', bridge.name);
  put(iface.row, 'error', clash ? [[clashText(bridge)]] : []);
  put(iface.row, 'ofport', clash ? [[-1]] : []);
}

function clashText({ name, datapath }: WantedBridge): string {
  if (datapath === 'netdev') return `could not open network device ${name} (Invalid argument)`;
  return `could not add network device ${name} to ofproto (File exists)`;
}

/** Releases ports of the kernel datapath that no bridge has any more. */
function letGo(state: SimState, wanted: readonly WantedBridge[]): void {
  const datapath = kernelDatapath(state);
  if (!datapath) return;
  const kept = new Set(
    wanted.filter((b) => b.datapath === 'system').flatMap((b) => b.ifaces.map((i) => i.name)),
  );
  for (const netdev of state.netdevs)
    if (netdev.master === datapath.ifindex && netdev.kind !== 'vxlan' && !kept.has(netdev.name))
      netdev.master = 0;
}

function settleBridge(settling: Settling): void {
  for (const iface of settling.bridge.ifaces) settleIface(settling, iface);
}

function settleIface(settling: Settling, iface: WantedIface): void {
  const { inForce, retry } = settling;
  const isDpdk = iface.type === 'dpdk';
  // A DPDK port is retried only when the database changes, not when netdevs do.
  if (isDpdk && !retry && numberOf(iface.row, 'ofport') !== undefined) return;
  const fault = faultOf(settling, iface);
  put(iface.row, 'error', fault === '' ? [] : [[fault]]);
  if (fault !== '') {
    delete inForce.ports[iface.name];
    dropDpdkPort(settling.daemon, iface.name);
    put(iface.row, 'ofport', [[-1]]);
    return;
  }
  put(iface.row, 'ofport', [[portNumber(settling, iface)]]);
}

function portNumber({ inForce, used }: Settling, iface: WantedIface): number {
  if (iface.local) return localPort;
  const wanted = numberOf(iface.row, 'ofport_request');
  const known = inForce.ports[iface.name] ?? numberOf(iface.row, 'ofport') ?? -1;
  const isFree = (n: number) => n > 0 && (used.get(n) ?? iface.name) === iface.name;
  const first = wanted !== undefined && isFree(wanted) ? wanted : known;
  const number = isFree(first) ? first : nextFree(inForce, used);
  const before = inForce.ports[iface.name];
  if (before !== undefined && before !== number) used.delete(before);
  used.set(number, iface.name);
  inForce.ports[iface.name] = number;
  return number;
}

function nextFree(inForce: BridgeInForce, used: ReadonlyMap<number, string>): number {
  while (used.has(inForce.nextPort)) inForce.nextPort += 1;
  return inForce.nextPort++;
}

/** Why the port cannot be set up; '' if it can (bridge.c, iface_do_create). */
function faultOf(settling: Settling, iface: WantedIface): string {
  const { state, daemon, bridge, book } = settling;
  const { name, type } = iface;
  if (type === 'internal' || iface.local) {
    return internalNetdev(state, bridge.datapath, name) ? '' : couldNotAdd(name, 'File exists');
  }
  if (isTunnel(type)) return book.fault(iface);
  if (type === 'patch') return patchFault(iface);
  if (type === 'dpdk' && daemon.dpdk)
    return bridge.datapath === 'netdev'
      ? dpdkFault(state, daemon, iface)
      : couldNotAdd(name, 'Invalid argument');
  if (type !== '' && type !== 'system') {
    return `could not open network device ${name} (Address family not supported by protocol)`;
  }
  // The userspace datapath does not notice that a port's netdev is gone (seen on 3.1); the kernel's does.
  if (bridge.datapath === 'netdev' && settling.inForce.ports[name] !== undefined) return '';
  return systemFault(state, bridge, name);
}

function couldNotAdd(name: string, why: string): string {
  return `could not add network device ${name} to ofproto (${why})`;
}

/** A patch port without its peer exists, and reports that. */
function tellPeer(bridge: WantedBridge, iface: WantedIface, wanted: readonly WantedBridge[]): void {
  const works = (numberOf(iface.row, 'ofport') ?? -1) > 0;
  const fault = iface.type === 'patch' && works ? peerFault(bridge, iface, wanted) : '';
  if (fault !== '') put(iface.row, 'error', [[fault]]);
}

function patchFault(iface: WantedIface): string {
  const peer = iface.row.values.options?.find(([key]) => key === 'peer')?.[1];
  if (peer === undefined) return `${iface.name}: patch type requires valid 'peer' argument`;
  return peer === iface.name ? `${iface.name}: patch peer must not be self` : '';
}

function systemFault(state: SimState, bridge: WantedBridge, name: string): string {
  const netdev = findNetdev(state, '', name);
  if (netdev?.name !== name) return `could not open network device ${name} (No such device)`;
  if (netdev.kind === 'loopback') return couldNotAdd(name, 'Invalid argument');
  if (bridge.datapath === 'netdev') return '';
  if (netdev.kind === 'openvswitch') return couldNotAdd(name, 'Invalid argument');
  const datapath = kernelDatapath(state);
  // netdev_rx_handler_register: a netdev has only one master.
  if (netdev.master !== 0 && netdev.master !== datapath?.ifindex)
    return couldNotAdd(name, 'Device or resource busy');
  netdev.master = datapath?.ifindex ?? 0;
  return '';
}

/** The kernel datapath has one netdev for all tunnels on a UDP port. */
function settleTunnelNetdevs(state: SimState, wanted: readonly WantedBridge[]): void {
  const ports = tunnelPorts(
    state,
    wanted.filter((b) => b.datapath === 'system'),
  );
  const datapath = kernelDatapath(state);
  for (const netdev of state.netdevs.filter((n) => /^vxlan_sys_\d+$/.test(n.name)))
    if (!ports.has(netdev.name)) removeNetdev(state, netdev);
  for (const netdev of state.netdevs)
    if (ports.has(netdev.name) && datapath) netdev.master = datapath.ifindex;
}

/** Writes the columns with a port's status. */
function tellStatus(state: SimState, iface: WantedIface): void {
  const { row } = iface;
  const works = (numberOf(row, 'ofport') ?? -1) > 0;
  if (iface.type === 'dpdk') {
    tellDpdk(state, iface, works);
    return;
  }
  const netdev = works && !isTunnel(iface.type) ? findNetdev(state, '', iface.name) : undefined;
  const up = works && (netdev ? netdev.up : true);
  const carrier = works && (netdev ? hasCarrier(state, netdev) : true);
  const none: Datum = [];
  keep(row, 'admin_state', works ? [[up ? 'up' : 'down']] : none);
  keep(row, 'link_state', works ? [[carrier ? 'up' : 'down']] : none);
  keep(row, 'mac_in_use', netdev ? [[netdev.mac]] : none);
  keep(row, 'mtu', netdev ? [[netdev.mtu]] : none);
  keep(row, 'ifindex', works ? [[netdev?.ifindex ?? 0]] : none);
  keep(row, 'status', netdev ? [['driver_name', driver(state, netdev)]] : none);
}

function driver(state: SimState, netdev: Netdev): string {
  if (netdev.kind === 'pf') return state.card === 'igb' ? 'igb' : 'mlx5_core';
  if (netdev.kind === 'representor') return 'mlx5e_rep';
  if (netdev.kind === 'bond') return 'bonding';
  return netdev.kind === 'vf' ? 'mlx5_core' : netdev.kind;
}
