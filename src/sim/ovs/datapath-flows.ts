import { type Reply, said } from '../commands/program.ts';
import { kernelOf } from '../functions.ts';
import { findNetdev, netdevAt, slavesOf } from '../netdevs.ts';
import type { Netdev, SimState } from '../state.ts';
import { bridgeWants, type WantedBridge, type WantedIface } from './bridge-wants.ts';
import { entry, numberOf } from './database.ts';
import { connectedNetdev } from './route-to.ts';
import type { Vswitchd } from './state.ts';
import { isTunnel } from './tunnels.ts';

/** Where a datapath flow is carried out (facts §7.2, §13.8). */
export interface Verdict {
  readonly offloaded: boolean;
  readonly dp: 'tc' | 'ovs' | 'dpdk';
  /** What prevents hardware offload; '' if nothing does. */
  readonly why: string;
}

const types = ['ovs', 'tc', 'dpdk', 'offloaded', 'non-offloaded', 'partially-offloaded', 'all'];

/**
 * `dpctl/dump-flows [-m] [type=…]`. There are flows only while there is traffic, which `simulateTraffic` starts.
 * Undefined for an unknown type.
 */
export function dumpDatapathFlows(
  state: SimState,
  daemon: Vswitchd,
  words: readonly string[],
): Reply | undefined {
  const wanted = words
    .find((word) => word.startsWith('type='))
    ?.slice(5)
    .split(',') ?? ['all'];
  if (!wanted.every((type) => types.includes(type))) return undefined;
  const verbose = words.includes('-m');
  const flows = talking(state, daemon).filter(({ verdict }) => wanted.some((type) => isOf(type, verdict)));
  return said(flows.map((flow) => `${line(flow, verbose)}\n`).join(''));
}

function isOf(type: string, verdict: Verdict): boolean {
  if (type === 'all') return true;
  if (type === 'offloaded') return verdict.offloaded;
  if (type === 'non-offloaded') return !verdict.offloaded;
  return verdict.dp === type;
}

interface DatapathFlow {
  readonly from: WantedIface;
  readonly to: WantedIface;
  readonly verdict: Verdict;
}

/** While traffic is on, every working port has flows to every tunnel of its bridge, and back. */
function talking(state: SimState, daemon: Vswitchd): readonly DatapathFlow[] {
  return bridgeWants(state)
    .filter((bridge) => state.ovs.talking.includes(bridge.name) && daemon.bridges[bridge.name]?.flows.length)
    .flatMap((bridge) =>
      pairs(bridge).map(([from, to]) => ({ from, to, verdict: verdict(state, daemon, bridge, from, to) })),
    );
}

function pairs(bridge: WantedBridge): readonly (readonly [WantedIface, WantedIface])[] {
  const ports = bridge.ifaces.filter((iface) => !iface.local && (numberOf(iface.row, 'ofport') ?? -1) > 0);
  const all = ports.flatMap((from) => ports.filter((to) => to !== from).map((to) => [from, to] as const));
  return all.filter(([from, to]) => !isTunnel(from.type) || !isTunnel(to.type));
}

/** facts §13.8: CLS_ACT, hw-offload active, hw-tc-offload on both ends, the tunnel routed through the uplink or a VF-LAG. */
function verdict(
  state: SimState,
  daemon: Vswitchd,
  bridge: WantedBridge,
  from: WantedIface,
  to: WantedIface,
): Verdict {
  if (bridge.datapath === 'netdev') return { offloaded: false, dp: 'dpdk', why: 'userspace datapath' };
  const why = obstacle(state, daemon, [from, to]);
  if (why === '') return { offloaded: true, dp: 'tc', why };
  return { offloaded: false, dp: daemon.hwOffload ? 'tc' : 'ovs', why };
}

function obstacle(state: SimState, daemon: Vswitchd, ends: readonly WantedIface[]): string {
  if (!daemon.hwOffload) return 'hw-offload was not set when ovs-vswitchd started';
  if (!kernelOf(state).clsAct) return 'the kernel has no MLX5_CLS_ACT';
  for (const end of ends) {
    const why = isTunnel(end.type)
      ? tunnelObstacle(state, end)
      : portObstacle(findNetdev(state, '', end.name));
    if (why !== '') return why;
  }
  return '';
}

function portObstacle(netdev: Netdev | undefined): string {
  if (netdev?.kind !== 'representor' && netdev?.kind !== 'bond' && netdev?.kind !== 'pf')
    return 'a port is not of the card';
  return netdev.kind === 'representor' && !netdev.hwTc ? `hw-tc-offload is off on ${netdev.name}` : '';
}

function tunnelObstacle(state: SimState, tunnel: WantedIface): string {
  const remote = entry(tunnel.row, 'options', 'remote_ip');
  const egress = connectedNetdev(state, remote);
  if (!egress) return `no route to ${remote}`;
  const base = egress.kind === 'vlan' ? netdevAt(state, egress.peer) : egress;
  if (base?.kind === 'bond') {
    if (state.lag.type !== 'switchdev') return 'the LAG under the bond is not active';
    return slavesOf(state, base).every((slave) => slave.hwTc) ? '' : 'hw-tc-offload is off on an uplink';
  }
  if (base?.kind !== 'pf') return `the route to ${remote} does not leave by the card`;
  return base.hwTc ? '' : `hw-tc-offload is off on ${base.name}`;
}

function line({ from, to, verdict: v }: DatapathFlow, verbose: boolean): string {
  const end = (iface: WantedIface) => (isTunnel(iface.type) ? 'vxlan_sys_4789' : iface.name);
  const tunnel = (iface: WantedIface) =>
    `tun_id=0x${Number(entry(iface.row, 'options', 'key') || 0).toString(16)},src=${entry(iface.row, 'options', 'remote_ip')},dst=${entry(iface.row, 'options', 'local_ip')}`;
  const outer = isTunnel(from.type) ? `tunnel(${tunnel(from)},tp_dst=4789,flags(+key)),` : '';
  const encap = isTunnel(to.type)
    ? `set(tunnel(tun_id=0x${Number(entry(to.row, 'options', 'key') || 0).toString(16)},dst=${entry(to.row, 'options', 'remote_ip')},ttl=64,tp_dst=4789,flags(key))),`
    : '';
  const head = `${outer}recirc_id(0),in_port(${end(from)}),eth_type(0x0800),ipv4(frag=no), packets:10, bytes:980, used:0.100s`;
  const where = verbose ? `${v.offloaded ? ' offloaded:yes,' : ''} dp:${v.dp},` : '';
  return `${head},${where} actions:${encap}${end(to)}`;
}
