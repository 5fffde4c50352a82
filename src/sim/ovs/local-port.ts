import { Refusal } from '../errno.ts';
import { setMtu } from '../mtu.ts';
import { findNetdev } from '../netdevs.ts';
import type { Netdev, SimState } from '../state.ts';
import { giveMac } from '../vlans.ts';
import type { WantedBridge, WantedIface } from './bridge-wants.ts';
import { numberOf, put } from './database.ts';
import { type Datum, sameDatum } from './datum.ts';
import { behind } from './dpdk-port.ts';
import { isTunnel } from './tunnels.ts';

/** LOCAL has the bridge's MAC: the configured one, or the lowest of its ports'. */
export function settleLocal(state: SimState, bridge: WantedBridge): void {
  const local = findNetdev(state, '', bridge.name);
  if (local?.kind !== 'openvswitch' && local?.kind !== 'tun') return;
  const types = ['', 'system', 'dpdk'];
  const ports = bridge.ifaces.filter(
    (i) => !i.local && types.includes(i.type) && (numberOf(i.row, 'ofport') ?? -1) > 0,
  );
  const netdevs = ports.flatMap(
    (i) => (i.type === 'dpdk' ? behind(state, i.name) : findNetdev(state, '', i.name)) ?? [],
  );
  const [lowest] = netdevs.map((netdev) => netdev.mac).sort();
  const mac = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(bridge.hwaddr) ? bridge.hwaddr.toLowerCase() : lowest;
  if (mac !== undefined) giveMac(state, local, mac);
  settleMtu(state, bridge, netdevs);
  keep(bridge.row, 'datapath_id', [[`0000${local.mac.replaceAll(':', '')}`]]);
  keep(bridge.row, 'datapath_version', [['<built-in>']]);
}

/** Internal ports get the smallest MTU of the others unless they request one of their own (update_mtu_ofproto). */
function settleMtu(state: SimState, bridge: WantedBridge, netdevs: readonly Pick<Netdev, 'mtu'>[]): void {
  for (const iface of bridge.ifaces) {
    // The netdev behind DPDK's port is the kernel's: it gets its MTU when the port is set up, not here.
    if (iface.type === 'dpdk') continue;
    const wanted = numberOf(iface.row, 'mtu_request');
    const netdev = findNetdev(state, '', iface.name);
    const internal = netdev?.kind === 'openvswitch' || netdev?.kind === 'tun';
    const smallest = internal && netdevs.length > 0 ? Math.min(...netdevs.map((n) => n.mtu)) : undefined;
    const mtu = wanted ?? smallest;
    if (netdev && mtu !== undefined && netdev.mtu !== mtu && !isTunnel(iface.type))
      tryMtu(state, netdev, mtu);
  }
}

/** A refusal by the netdev shows only in the daemon's log. */
function tryMtu(state: SimState, netdev: Netdev, mtu: number): void {
  try {
    setMtu(state, netdev, mtu);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
  }
}

export function keep(row: WantedIface['row'], column: string, datum: Datum): void {
  if (!sameDatum(row.values[column] ?? [], datum)) put(row, column, datum);
}
