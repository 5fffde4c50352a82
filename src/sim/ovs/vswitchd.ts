import { nowMs } from '../clock.ts';
import { loadModule } from '../drivers.ts';
import { isInstalled } from '../packages.ts';
import { removeNetdev } from '../remove.ts';
import type { SimState } from '../state.ts';
import { bridgeWants, type WantedBridge } from './bridge-wants.ts';
import { entry, numberOf, put, rootRow, rowsOf } from './database.ts';
import { dropDatapaths, ensureDatapaths, localNetdev } from './datapath-netdevs.ts';
import { initDpdk } from './dpdk.ts';
import { defaultFlows } from './flow-table.ts';
import { settlePorts } from './ports.ts';
import type { BridgeInForce, Vswitchd } from './state.ts';
import { ovsVersion } from './version.ts';

/** The daemon's types of ports (`iface_types`). */
const ifaceTypes = [
  'bareudp',
  'erspan',
  'geneve',
  'gre',
  'gtpu',
  'internal',
  'ip6erspan',
  'ip6gre',
  'lisp',
  'patch',
  'srv6',
  'stt',
  'system',
  'tap',
  'vxlan',
];
const dpdkTypes = ['dpdk', 'dpdkvhostuser', 'dpdkvhostuserclient'];

export type Started = 'started' | 'aborted';

/** Starts ovs-vswitchd: no flow survives that, and only now do hw-offload and dpdk-init take effect (facts §7.1, §17). */
export function startDaemon(state: SimState): Started {
  const { ovs } = state;
  const root = rootRow(ovs.rows);
  const hwOffload = entry(root, 'other_config', 'hw-offload') === 'true';
  const daemon: Vswitchd = {
    pid: state.nextPid++,
    startedMs: nowMs(state),
    program: programOf(state),
    hwOffload,
    dpdk: false,
    dpdkFailed: false,
    socketPages: 0,
    pools: {},
    devices: [],
    dpdkPorts: {},
    dpdkMtus: {},
    bridges: {},
  };
  if (initDpdk(state, daemon) === 'aborted') return 'aborted';
  loadModule(state, 'openvswitch');
  ovs.daemon = daemon;
  tellVersions(state, daemon);
  reconfigure(state);
  return 'started';
}

/** The alternative that was set, while its package is installed. */
function programOf(state: SimState): Vswitchd['program'] {
  const dpdk = state.ovs.alternative === 'ovs-vswitchd-dpdk' && isInstalled(state, 'openvswitch-switch-dpdk');
  return dpdk ? 'ovs-vswitchd-dpdk' : 'ovs-vswitchd';
}

function tellVersions(state: SimState, daemon: Vswitchd): void {
  const root = rootRow(state.ovs.rows);
  const version = ovsVersion(state);
  const types = [...ifaceTypes, ...(daemon.dpdk ? dpdkTypes : [])].sort();
  put(root, 'ovs_version', [[version.release]]);
  put(root, 'db_version', [[version.schema]]);
  put(root, 'dpdk_initialized', [[daemon.dpdk]]);
  put(root, 'dpdk_version', [[daemon.program === 'ovs-vswitchd-dpdk' ? version.dpdk : 'none']]);
  put(root, 'datapath_types', [['netdev'], ['system']]);
  put(
    root,
    'iface_types',
    types.map((type) => [type]),
  );
}

/** Leaves the datapath, its netdevs and their addresses behind (`ovs-appctl exit` without `--cleanup`). */
export function stopDaemon(state: SimState): void {
  delete state.ovs.daemon;
}

/** Reads the database again and applies it (bridge_reconfigure); the daemon may die from that. */
export function reconfigure(state: SimState): void {
  const { daemon } = state.ovs;
  if (!daemon) return;
  const init = initDpdk(state, daemon);
  if (init === 'aborted') {
    stopDaemon(state);
    return;
  }
  if (init === 'ready') tellVersions(state, daemon);
  settle(state, daemon, true);
  const root = rootRow(state.ovs.rows);
  put(root, 'cur_cfg', [[numberOf(root, 'next_cfg') ?? 0]]);
}

/** What each host's daemon last saw with nothing left to do: most commands change nothing that it sees. */
const settled = new WeakMap<SimState, string>();

/** What the daemon does on its own when netdevs come, go or change. */
export function settleOvs(state: SimState): void {
  const { daemon, rows } = state.ovs;
  if (!daemon || Object.keys(rows).length <= 1) return;
  const before = seen(state);
  if (settled.get(state) === before) return;
  settle(state, daemon, false);
  settled.set(state, seen(state));
}

function seen(state: SimState): string {
  const netdevs = state.netdevs.map((n) => [
    n.ifindex,
    n.ns,
    n.name,
    n.mac,
    n.up,
    n.mtu,
    n.master,
    n.bond?.active,
  ]);
  const bridges = Object.keys(state.ovs.daemon?.bridges ?? {});
  const taps = state.processes.map((process) => process.taps);
  return JSON.stringify([state.ovs.daemon?.startedMs, state.ovs.uuids, taps, state.cables, bridges, netdevs]);
}

function settle(state: SimState, daemon: Vswitchd, retry: boolean): void {
  const wanted = bridgeWants(state);
  dropBridges(state, daemon, wanted);
  ensureDatapaths(state, wanted);
  for (const bridge of wanted) ensureBridge(state, daemon, bridge);
  settlePorts(state, daemon, wanted, retry);
  dropDatapaths(state, wanted);
}

function dropBridges(state: SimState, daemon: Vswitchd, wanted: readonly WantedBridge[]): void {
  for (const [name, bridge] of Object.entries(daemon.bridges)) {
    const same = wanted.find((w) => w.name === name);
    if (same?.datapath === bridge.datapath) continue;
    delete daemon.bridges[name];
  }
  // After a restart, the kernel may have kept the netdev of a bridge that is no longer in the database.
  for (const netdev of state.netdevs.filter((n) => n.kind === 'openvswitch' || n.kind === 'tun')) {
    if (netdev.name === 'ovs-system' || netdev.name === 'ovs-netdev') continue;
    const kind = (w: WantedBridge) => (w.datapath === 'system' ? 'openvswitch' : 'tun');
    const kept = wanted.some((w) => w.internal.includes(netdev.name) && kind(w) === netdev.kind);
    if (!kept) removeNetdev(state, netdev);
  }
}

function ensureBridge(state: SimState, daemon: Vswitchd, wanted: WantedBridge): void {
  const known = daemon.bridges[wanted.name];
  if (known) {
    changeFailMode(state, known, wanted);
    return;
  }
  if (!localNetdev(state, wanted)) return;
  const { datapath, failMode } = wanted;
  const flows = defaultFlows(failMode, nowMs(state));
  daemon.bridges[wanted.name] = { datapath, failMode, nextPort: 1, ports: {}, flows };
}

/** A change of the fail mode flushes the flows, in both directions (seen on 3.1). */
function changeFailMode(state: SimState, bridge: BridgeInForce, wanted: WantedBridge): void {
  if (bridge.failMode === wanted.failMode) return;
  bridge.failMode = wanted.failMode;
  bridge.flows = defaultFlows(wanted.failMode, nowMs(state));
}

/** After a reboot, the daemon's status columns in the database are cleared. */
export function forgetStatus(state: SimState): void {
  for (const row of rowsOf(state.ovs.rows, 'Interface'))
    for (const column of ['mac_in_use', 'link_state', 'admin_state', 'mtu', 'ifindex', 'status'])
      delete row.values[column];
}
