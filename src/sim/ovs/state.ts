import type { Datum } from './datum.ts';
import type { TableName } from './tables.ts';

/** Open vSwitch on a simulated host. */
export interface Ovs {
  /** The database: it outlives a reboot (facts §13.12). */
  rows: OvsRows;
  /** Counts the UUIDs that were made up. */
  uuids: number;
  /** ovsdb-server runs. */
  serves: boolean;
  /** ovs-vswitchd, while it runs. */
  daemon?: Vswitchd;
  /** What `update-alternatives` was told; 'auto' is the plain daemon. */
  alternative: 'auto' | 'ovs-vswitchd' | 'ovs-vswitchd-dpdk';
  /** Bridges whose guests talk (`simulateTraffic`). */
  talking: string[];
}

export type OvsRows = { [uuid: string]: OvsRow };

export interface OvsRow {
  uuid: string;
  table: TableName;
  /** Only what differs from the column's default. */
  values: { [column: string]: Datum };
}

/** What the daemon took from the database when it started, and what it forgets when it ends. */
export interface Vswitchd {
  pid: number;
  startedMs: number;
  program: 'ovs-vswitchd' | 'ovs-vswitchd-dpdk';
  hwOffload: boolean;
  dpdk: boolean;
  /** It tried, and is not asked again. */
  dpdkFailed: boolean;
  /** Pages of 2 MiB that EAL took at once. */
  socketPages: number;
  /** Pages by size of the buffers in them, in bytes. */
  pools: { [bufferBytes: string]: number };
  devices: DpdkDevice[];
  /** ifindex of the kernel's netdev behind each port of type dpdk. */
  dpdkPorts: { [name: string]: number };
  /** Ports of type dpdk whose function DPDK drives itself. */
  wholePorts?: { [name: string]: { pci: string; mtu: number } };
  /** Port → the MTU it was last asked for. */
  dpdkMtus: { [name: string]: number };
  bridges: { [name: string]: BridgeInForce };
}

/** A PCI function as DPDK saw it when it first looked. */
export interface DpdkDevice {
  pci: string;
  registration: string;
  bonded: boolean;
}

export interface BridgeInForce {
  datapath: 'system' | 'netdev';
  failMode: 'standalone' | 'secure';
  nextPort: number;
  /** OpenFlow port numbers by Interface name. */
  ports: { [name: string]: number };
  flows: OpenFlow[];
}

export interface OpenFlow {
  table: number;
  priority: number;
  cookie: string;
  /** Fields in the order in which they are printed, as they are printed. */
  match: readonly string[];
  actions: string;
  /** `idle_timeout=5` and the like, as they are printed. */
  extra: readonly string[];
  /** Added by OpenFlow 1.2 or older, which resets counters. */
  resets: boolean;
  addedMs: number;
}
