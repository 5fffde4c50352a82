import type { PciAddress } from './names.ts';

/** What could not be looked at, and why: never to be taken for "absent". */
export interface Unseen {
  readonly unseen: string;
}

export type Seen<T> = T | Unseen;

export function isUnseen(value: unknown): value is Unseen {
  return typeof value === 'object' && value !== null && 'unseen' in value;
}

/** What one host has, as far as it was looked at. */
export interface HostState {
  readonly bootId: string;
  /** `uname -r`. */
  readonly kernel: string;
  /** Loaded modules and built-in ones that were asked about. */
  readonly modules: Seen<readonly string[]>;
  readonly root: boolean;
  readonly iommu: Seen<boolean>;
  /** One for each PF that was asked about. */
  readonly pfs: readonly PfState[];
  /** The host's own netdevs. */
  readonly links: Seen<readonly LinkState[]>;
  /** Only the namespaces that were asked about; `null`: looked, and it is not there. */
  readonly namespaces: { readonly [name: string]: Seen<readonly LinkState[]> | null };
  /** Default routes of the namespaces that were asked about. */
  readonly routes: { readonly [namespace: string]: Seen<readonly DefaultRoute[]> };
  /** Who has a VFIO group open. */
  readonly holders: Seen<readonly Holder[]>;
  /** The netdev over which the operator came in, where one can be told. */
  readonly session: string | undefined;
}

export interface DefaultRoute {
  readonly gateway: string;
  readonly netdev: string;
  readonly metric: number;
}

export interface Holder {
  /** `/dev/vfio/15`. */
  readonly path: string;
  readonly pid: number;
  readonly command: string;
}

export interface PfState {
  readonly pci: PciAddress;
  readonly present: boolean;
  /** Kernel driver, such as `mlx5_core`. */
  readonly driver: string | undefined;
  /** `15b3:1019`. */
  readonly id: string | undefined;
  readonly netdev: string | undefined;
  readonly autoprobe: Seen<boolean>;
  readonly numVfs: Seen<number>;
  /** What the firmware allows after its last reset. */
  readonly totalVfs: Seen<number>;
  readonly vfs: readonly VfState[];
}

export interface VfState {
  readonly index: number;
  readonly pci: PciAddress;
  readonly driver: string | undefined;
  /** Empty when none is set. */
  readonly driverOverride: string;
  readonly iommuGroup: string | undefined;
  /** In the host's own namespace; a VF given to another one shows none. */
  readonly netdev: string | undefined;
  readonly admin: Seen<VfAdmin>;
}

/** What the PF enforces on a VF (`ip link show`, vfinfo_list). */
export interface VfAdmin {
  /** All zeros: never set. */
  readonly mac: string;
  readonly vlan: number;
  readonly qos: number;
  readonly spoofchk: boolean;
  readonly trust: boolean;
  readonly linkState: 'auto' | 'enable' | 'disable';
  readonly maxRateMbps: number;
  readonly minRateMbps: number;
}

export interface LinkState {
  readonly name: string;
  readonly mac: string;
  /** Administratively. */
  readonly up: boolean;
  readonly carrier: boolean;
  readonly mtu: number;
  /** Bytes; absent where the driver states none. */
  readonly maxMtu: number | undefined;
  readonly master: string | undefined;
  /** What a VLAN or macvlan stands on. */
  readonly lower: string | undefined;
  /** PCI address of the function behind it. */
  readonly parentDev: string | undefined;
  readonly physSwitchId: string | undefined;
  readonly physPortName: string | undefined;
  readonly altNames: readonly string[];
  /** CIDRs; link-local ones the kernel made are left out. */
  readonly addresses: readonly string[];
  readonly bond: BondState | undefined;
}

export interface BondState {
  readonly mode: string;
  readonly miimonMs: number;
  readonly arpIntervalMs: number;
  readonly arpTargets: readonly string[];
  readonly arpValidate: string;
  readonly failOverMac: string;
  readonly numGratArp: number;
  readonly primary: string | undefined;
  readonly activeSlave: string | undefined;
}
