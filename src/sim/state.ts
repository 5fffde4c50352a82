import type { CardName } from './cards.ts';
import type { KernelName } from './kernels.ts';
import type { BoardDevice, Domain, GuestTraits, Machine } from './machines/machine.ts';
import type { NftTable } from './nft/state.ts';
import type { Ovs } from './ovs/state.ts';
import type { Systemd } from './systemd/state.ts';

/** All of a simulated host: plain JSON, changed in place by the kernel's functions, stored whole. */
export interface SimState {
  readonly schema: 'vflane.sim-state/4';
  /** For messages, boot ids and MACs: it makes two hosts differ. */
  name: string;
  card: CardName;
  kernel: KernelName;
  /** The user that commands run as. */
  uid: number;
  iommu: boolean;
  /** Counts resets and reboots: both make a new boot id. */
  generation: number;
  boots: number;
  clock: Clock;
  /** NUM_OF_VFS from the card's last reset, and the value for the next (facts §13.11). */
  numOfVfs: number;
  nextNumOfVfs: number;
  /** Absent while its flash and settings are factory ones. */
  firmware?: Firmware;
  /** Empty while the card is unplugged. */
  pfs: Pf[];
  cables: [boolean, boolean];
  /** By port: the switch forwards nothing though its link is up. */
  deadSwitches?: [boolean, boolean];
  /** PCIe lanes that the slot trained to, if fewer than it has. */
  lanes?: number;
  /** The card has been pulled, and not put back. */
  cardIsOut?: boolean;
  /** The ports have swapped since the host was made. */
  swapped?: 'names' | 'ports' | 'no';
  /** Time of its boot, in milliseconds of its clock. */
  bootedMs?: number;
  netdevs: Netdev[];
  nextIfindex: number;
  /** Counts random MACs that the kernel made. */
  randomMacs: number;
  namespaces: string[];
  /** /run/netns exists since the first namespace. */
  namespaceFolder: boolean;
  routes: Route[];
  modules: string[];
  /** `new_id`: vendor and device ids that a driver accepts in addition to its own. */
  dynamicIds: { driver: string; vendor: string; device: string }[];
  lag: Lag;
  processes: Process[];
  nextPid: number;
  /** Drivers that have probed a VF since it was made, by its address. */
  probes?: { [pci: string]: string[] };
  guestTraits?: { [guest: string]: GuestTraits };
  /** Functions other than the card's that may be passed to a VM. */
  boardDevices?: BoardDevice[];
  /** libvirt's defined domains, by name. */
  domains?: { [name: string]: Domain };
  /** Writes of 0 to `sriov_numvfs` that wait for a guest: PF addresses. */
  waiting: string[];
  timers: Timer[];
  /** Ordinary files; they outlive a reboot. */
  files: { [path: string]: string };
  /** Symbolic links among them: path and target. */
  links: { [path: string]: string };
  /** Ordinary folders, except those that exist implicitly because something is in them. */
  folders: string[];
  dmesg: string[];
  /** Time of each of its lines, in milliseconds of the host's clock. */
  dmesgMs?: number[];
  /** Installed Debian packages, of those that the simulator knows. */
  packages: string[];
  ovs: Ovs;
  /** Pages by size in KiB. */
  hugepages: { [sizeKib: string]: number };
  /** RDMA devices that `rdma dev set` renamed. */
  rdmaNames: { [key: string]: string };
  /** What was written below /proc/sys, by path. */
  sysctls: { [path: string]: string };
  nft: NftTable[];
  systemd: Systemd;
  /** How processes ended, by pid, while it may still be asked for. */
  exits: { [pid: string]: { kind: 'exited' | 'killed'; status: number } };
  /** What will happen on its own, and when. */
  events: SimEvent[];
  log: LogEntry[];
  faults: Fault[];
}

/** The card's flash and settings, if they are not the factory ones. */
export interface Firmware {
  /** The running version, and the flash's, which runs after a reset (facts §6.1). */
  running: string;
  flashed: string;
  /** SRIOV_EN now, and after the next reset. */
  sriov: boolean;
  nextSriov: boolean;
}

/** `wall`: the real clock plus an offset, so that time passes between two commands. */
export type Clock = { kind: 'own'; nowMs: number } | { kind: 'wall'; offsetMs: number };

export interface Pf {
  pci: string;
  port: 0 | 1;
  /** '' for none, here and below. */
  driver: string;
  driverOverride: string;
  iommuGroup: number;
  autoprobe: boolean;
  eswitch: 'legacy' | 'switchdev';
  /** esw_port_metadata. */
  metadata: boolean;
  vfs: Vf[];
}

export interface Vf {
  index: number;
  pci: string;
  driver: string;
  driverOverride: string;
  iommuGroup: number;
  admin: VfAdmin;
}

export interface VfAdmin {
  mac: string;
  vlan: number;
  qos: number;
  spoofchk: boolean;
  trust: boolean;
  linkState: 'auto' | 'enable' | 'disable';
  maxRate: number;
  minRate: number;
}

type NetdevKind =
  | 'loopback'
  | 'management'
  | 'pf'
  | 'vf'
  | 'representor'
  | 'bond'
  | 'veth'
  | 'vlan'
  | 'vxlan'
  | 'dummy'
  | 'bridge'
  /** The OVS kernel datapath and its internal ports. */
  | 'openvswitch'
  /** A tap: an internal port of the userspace datapath. */
  | 'tun'
  /** A tap made for a VM, with a carrier while the VM has it open. */
  | 'tap';

export interface Netdev {
  ifindex: number;
  /** '' is the host's own namespace. */
  ns: string;
  name: string;
  altNames: string[];
  kind: NetdevKind;
  /** PCI address of the function behind it; for a representor, its PF's. */
  pci: string;
  /** VF index of a representor. */
  vf: number;
  mac: string;
  permMac: string;
  /** The MAC is random (NET_ADDR_RANDOM): udev makes no name from it, and a bond replaces it with its first slave's. */
  randomMac: boolean;
  up: boolean;
  mtu: number;
  maxMtu: number;
  alias: string;
  /** ifindex, 0 for none: of the bond above, of the veth's peer, of the netdev below a VLAN. */
  master: number;
  peer: number;
  addresses: Address[];
  channels: number;
  maxChannels: number;
  hwTc: boolean;
  /** It computes checksums itself rather than leave them to the next netdev. */
  fillsChecksums?: boolean;
  bond?: Bond;
  slave?: Slave;
  /** VLAN id, VNI and the like, as `ip -d` shows them. */
  info: { [key: string]: string | number | boolean };
}

export interface Address {
  family: 4 | 6;
  local: string;
  prefix: number;
  scope: string;
  label: string;
  nodad?: boolean;
}

interface Slave {
  permMac: string;
  originalMtu: number;
  failures: number;
}

export interface Bond {
  mode: string;
  miimon: number;
  updelay: number;
  downdelay: number;
  arpInterval: number;
  arpTargets: string[];
  nsTargets?: string[];
  arpValidate: string;
  arpAllTargets: string;
  missedMax: number;
  primary: string;
  primaryReselect: string;
  failOverMac: string;
  xmitHashPolicy: string;
  numPeerNotif: number;
  allSlavesActive: number;
  minLinks: number;
  lacpRate: string;
  /** ifindex of the active slave, 0 for none. */
  active: number;
}

export interface Lag {
  type: 'none' | 'roce' | 'switchdev';
  sharedFdb: boolean;
}

export interface Process {
  pid: number;
  command: string;
  argv: string[];
  /** PCI addresses of the VFs it holds through VFIO. */
  vfs: string[];
  /** ifindexes of the taps it has open. */
  taps: number[];
  ns: string;
  /** A VM's. */
  machine?: Machine;
}

/** Something that happens on the host on its own. */
export interface SimEvent {
  dueMs: number;
  readonly what: 'card';
}

export interface Timer {
  unit: string;
  dueMs: number;
  argv: string[];
}

export interface Route {
  ns: string;
  family: 4 | 6;
  /** `default` or a CIDR. */
  dst: string;
  via: string;
  ifindex: number;
  metric: number;
  /** As iproute2 names it (rt_protos), or a number. */
  protocol: string;
  scope: 'link' | 'global';
  src: string;
  /** Default: `main`. */
  table?: string;
  onlink?: boolean;
}

/** One change that the host was asked for. */
export interface LogEntry {
  /** From 1, in order. */
  readonly n: number;
  /** Milliseconds of the host's clock. */
  readonly at: number;
  readonly run?: readonly string[];
  readonly stdin?: string;
  readonly write?: string;
  readonly text?: string;
  readonly ok: boolean;
  readonly error?: string;
  /** The fault that struck it. */
  readonly fault?: string;
}

/**
 * What goes wrong at the N-th changing operation from now (N from 1), once.
 * - `error`: refused; with `after`, it takes effect all the same.
 * - `hang`: no answer within the deadline; with `after`, it takes effect.
 * - `lie`: answers as if it had worked, and nothing happened.
 * - `kill`: the tool dies, before or after the effect.
 * - `power`: the host loses power and boots again: the tool that ran on it is dead too.
 */
export interface Fault {
  at: number;
  readonly after: boolean;
  readonly how: 'error' | 'hang' | 'lie' | 'kill' | 'power';
}
