import type { Datum } from './datum.ts';
import type { TableName } from './tables.ts';

/** Open vSwitch on a simulated host. */
export interface Ovs {
  /** The database, which survives a reboot (facts §13.12). */
  rows: OvsRows;
  /** Counts generated UUIDs. */
  uuids: number;
  /** ovsdb-server runs. */
  serves: boolean;
  /** ovs-vswitchd, while it runs. */
  daemon?: Vswitchd;
  /** As set with `update-alternatives`; 'auto' means the plain daemon. */
  alternative: 'auto' | 'ovs-vswitchd' | 'ovs-vswitchd-dpdk';
  /** Bridges with traffic (`simulateTraffic`). */
  talking: string[];
}

export type OvsRows = { [uuid: string]: OvsRow };

export interface OvsRow {
  uuid: string;
  table: TableName;
  /** Only values that differ from the column's default. */
  values: { [column: string]: Datum };
}

/** What the daemon read from the database at its start, and loses at its end. */
export interface Vswitchd {
  pid: number;
  startedMs: number;
  program: 'ovs-vswitchd' | 'ovs-vswitchd-dpdk';
  hwOffload: boolean;
  dpdk: boolean;
  /** It has tried, and does not try again. */
  dpdkFailed: boolean;
  /** Pages of 2 MiB that EAL took at its start. */
  socketPages: number;
  /** Pages by the size of their buffers, in bytes. */
  pools: { [bufferBytes: string]: number };
  devices: DpdkDevice[];
  /** ifindex of the kernel's netdev behind each port of type dpdk. */
  dpdkPorts: { [name: string]: number };
  /** Ports of type dpdk whose function DPDK drives itself. */
  wholePorts?: { [name: string]: { pci: string; mtu: number } };
  /** Port → the MTU last requested. */
  dpdkMtus: { [name: string]: number };
  bridges: { [name: string]: BridgeInForce };
}

/** A PCI function as of DPDK's first probe. */
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
  /** Fields as printed, in printed order. */
  match: readonly string[];
  actions: string;
  /** `idle_timeout=5` and the like, as printed. */
  extra: readonly string[];
  /** Added by OpenFlow 1.2 or older, which resets counters. */
  resets: boolean;
  addedMs: number;
}
