import type { CardName } from './cards.ts';
import type { KernelName } from './kernels.ts';
import type { BoardDevice, Domain, GuestTraits, Machine } from './machines/machine.ts';
import type { NftTable } from './nft/state.ts';
import type { Ovs } from './ovs/state.ts';
import type { Systemd } from './systemd/state.ts';

/** Everything a simulated host is: plain JSON, changed in place by the kernel's functions, stored whole. */
export interface SimState {
  readonly schema: 'vflane.sim-state/4';
  /** For messages, boot ids and MACs: two hosts differ by it. */
  name: string;
  card: CardName;
  kernel: KernelName;
  /** Who the commands run as. */
  uid: number;
  iommu: boolean;
  /** Counts `reset` and `reboot`: both make a new boot id. */
  generation: number;
  boots: number;
  clock: Clock;
  /** NUM_OF_VFS that the card took at its last reset, and the one it takes at the next (facts §13.11). */
  numOfVfs: number;
  nextNumOfVfs: number;
  /** Absent while its flash and settings are as they were bought. */
  firmware?: Firmware;
  /** Empty while the card is unplugged. */
  pfs: Pf[];
  cables: [boolean, boolean];
  /** Switches that forward nothing, by port, though their link is up. */
  deadSwitches?: [boolean, boolean];
  /** PCIe lanes that the slot trained to, where they are fewer than it has. */
  lanes?: number;
  /** Somebody has pulled the card, and not put it back. */
  cardIsOut?: boolean;
  /** The ports have changed places since the host was made. */
  swapped?: 'names' | 'ports' | 'no';
  /** When it was booted, in milliseconds of its clock. */
  bootedMs?: number;
  netdevs: Netdev[];
  nextIfindex: number;
  /** Counts MACs the kernel invented. */
  randomMacs: number;
  namespaces: string[];
  /** /run/netns is there since the first namespace. */
  namespaceFolder: boolean;
  routes: Route[];
  modules: string[];
  /** `new_id`: vendor and device a driver takes besides its own. */
  dynamicIds: { driver: string; vendor: string; device: string }[];
  lag: Lag;
  processes: Process[];
  nextPid: number;
  /** Which drivers have looked at a VF since it was made, by its address. */
  probes?: { [pci: string]: string[] };
  guestTraits?: { [guest: string]: GuestTraits };
  /** Functions beside the card that somebody may pass to a VM. */
  boardDevices?: BoardDevice[];
  /** libvirt's domains that are defined, by name. */
  domains?: { [name: string]: Domain };
  /** Writes of 0 to `sriov_numvfs` that wait for a guest: PF addresses. */
  waiting: string[];
  timers: Timer[];
  /** Ordinary files; they outlive a reboot. */
  files: { [path: string]: string };
  /** Symbolic links among them: path and target. */
  links: { [path: string]: string };
  /** Ordinary folders, where they are not there anyway because something is in them. */
  folders: string[];
  dmesg: string[];
  /** When each of its lines was logged, in milliseconds of the host's clock. */
  dmesgMs?: number[];
  /** Debian packages that are installed, of those the simulator knows. */
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
  /** How processes ended that somebody may still ask about, by pid. */
  exits: { [pid: string]: { kind: 'exited' | 'killed'; status: number } };
  /** What happens by itself, and when. */
  events: SimEvent[];
  log: LogEntry[];
  faults: Fault[];
}

/** What the card's flash and its settings are, where they are not as when it was bought. */
export interface Firmware {
  /** What runs, and what the flash holds: it runs after a reset (facts §6.1). */
  running: string;
  flashed: string;
  /** SRIOV_EN now, and after the next reset. */
  sriov: boolean;
  nextSriov: boolean;
}

/** `wall`: the machine's clock plus an offset, so that time passes between two commands. */
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
  /** A tap: the same of the userspace datapath. */
  | 'tun'
  /** A tap that somebody made for a VM, with a carrier while the VM has it open. */
  | 'tap';

export interface Netdev {
  ifindex: number;
  /** '' is the host's own namespace. */
  ns: string;
  name: string;
  altNames: string[];
  kind: NetdevKind;
  /** PCI address of the function behind it; a representor has its PF's. */
  pci: string;
  /** VF index of a representor. */
  vf: number;
  mac: string;
  permMac: string;
  /** The kernel invented the MAC (NET_ADDR_RANDOM): udev makes no name of it, a bond takes its first slave's. */
  randomMac: boolean;
  up: boolean;
  mtu: number;
  maxMtu: number;
  alias: string;
  /** ifindex, 0 for none: of the bond above, of the veth's peer, of what a VLAN stands on. */
  master: number;
  peer: number;
  addresses: Address[];
  channels: number;
  maxChannels: number;
  hwTc: boolean;
  /** It sends what it has to without leaving checksums to those after it. */
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

/** Something that happens on the host by itself. */
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
  /** `main` unless said. */
  table?: string;
  onlink?: boolean;
}

/** One thing the host was asked to change. */
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
  /** The fault that was played on it. */
  readonly fault?: string;
}

/**
 * What goes wrong at the N-th changing operation from now (N from 1), once.
 * - `error`: refused; with `after`, the effect is there all the same.
 * - `hang`: no answer within the deadline; with `after`, the effect is there.
 * - `lie`: answers as if it had worked, and nothing happened.
 * - `kill`: the tool dies, before or after the effect.
 * - `power`: the host loses its power, and comes up again: the tool that ran on it is dead too.
 */
export interface Fault {
  at: number;
  readonly after: boolean;
  readonly how: 'error' | 'hang' | 'lie' | 'kill' | 'power';
}
