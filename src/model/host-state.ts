import type { FirmwareState } from './firmware.ts';
import type { Json } from './json.ts';
import type { MachinesState } from './machine-state.ts';
import type { PciAddress } from './names.ts';
import type { NftLines } from './nft-table.ts';
import type { DpdkParts, OvsStart, OvsState } from './ovs-state.ts';
import type { PackageMark } from './package-mark.ts';
import type { Seen } from './unseen.ts';

/** What one host has, as far as it was observed. */
export interface HostState {
  readonly bootId: string;
  /** `uname -r`. */
  readonly kernel: string;
  /** Kernel modules, loaded or built in. */
  readonly modules: Seen<readonly string[]>;
  readonly root: boolean;
  readonly iommu: Seen<boolean>;
  /** One for each PF that was asked about. */
  readonly pfs: readonly PfState[];
  /** PCI functions that DPDK takes whole, one for each that was asked about; absent if nobody asked. */
  readonly functions?: readonly FunctionState[];
  /** The host's own netdevs. */
  readonly links: Seen<readonly LinkState[]>;
  /** Only the namespaces that were asked about; `null`: it does not exist. */
  readonly namespaces: { readonly [name: string]: Seen<readonly LinkState[]> | null };
  /** Default routes of the namespaces that were asked about. */
  readonly routes: { readonly [namespace: string]: Seen<readonly DefaultRoute[]> };
  /** Number of 2 MiB pages, by the place where they are counted; absent if nobody asked. */
  readonly hugepages?: { readonly [place: string]: Seen<number> };
  /** MiB of which more pages could be made, by the same places; absent if nobody asked. */
  readonly freeMemoryMib?: { readonly [place: string]: Seen<number> };
  /** Static routes of the host itself, by destination; absent if nobody asked. */
  readonly hostRoutes?: Seen<readonly HostRoute[]>;
  /** Open vSwitch; absent if nobody asked. */
  readonly ovs?: Seen<OvsState>;
  /** Which of Open vSwitch's parts for DPDK are installed; absent if nobody asked. */
  readonly dpdkParts?: Seen<DpdkParts>;
  /** What a start of ovs-vswitchd restores; absent if nobody asked. */
  readonly ovsStart?: OvsStart;
  /** Those of the packages asked about that are installed, and their marks; absent if nobody asked. */
  readonly packages?: Seen<{ readonly [name: string]: PackageMark }>;
  /** Files that the host reads when it starts, by path; null for a missing one, absent if nobody asked. */
  readonly bootFiles?: { readonly [path: string]: Seen<string | null> };
  /** vflane's own nftables tables, empty for a missing one; absent if nobody asked. */
  readonly guard?: { readonly [table: string]: Seen<NftLines> };
  /** Whether the netdevs asked about have IPv6; null if the kernel has no IPv6, absent if nobody asked. */
  readonly ipv6?: Seen<{ readonly [netdev: string]: Seen<boolean> } | null>;
  /** `web/storage` → whether the lane leaves checksums to its NIC (`tx-checksumming`); absent if nobody asked. */
  readonly checksums?: { readonly [lane: string]: Seen<boolean> };
  /** VMs; absent if nobody asked. */
  readonly machines?: MachinesState;
  /** What brings the host back after a start; absent if nobody asked. */
  readonly boot?: BootState;
  /** What the firmware tools say of a card, by its first PF; absent if nobody asked. */
  readonly firmware?: { readonly [pci: string]: FirmwareState };
  /** Processes that have a VFIO group open. */
  readonly holders: Seen<readonly Holder[]>;
  /** The netdev over which the operator is connected, if that is known. */
  readonly session: string | undefined;
}

/** A route that somebody configured, not one of the kernel's own. */
export interface HostRoute {
  /** Canonical CIDR. */
  readonly to: string;
  readonly via: string;
  readonly netdev: string;
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
  /** What the firmware has allowed since its last reset. */
  readonly totalVfs: Seen<number>;
  readonly vfs: readonly VfState[];
  /** `none`: devlink knows no eswitch of this card. absent if nobody asked. */
  readonly eswitch?: Seen<'legacy' | 'switchdev' | 'none'>;
  /** Combined channels: current and maximum. absent if nobody asked. */
  readonly channels?: Seen<{ readonly now: number; readonly max: number }>;
  /** absent if nobody asked. */
  readonly lag?: Seen<LagState>;
  /** Names of its RDMA devices: if both ports are one switch, only the first PF has one. absent if nobody asked. */
  readonly rdma?: Seen<readonly string[]>;
  /** -1 if the machine has only one, or does not say. absent if nobody asked. */
  readonly numaNode?: Seen<number>;
  /** CPUs near it, as the kernel lists them: `0-15,32`. absent if nobody asked. */
  readonly localCpus?: Seen<string>;
  /** `fixed`: the driver was built without it, and no setting can change that. absent if nobody asked. */
  readonly tcOffload?: Seen<{ readonly on: boolean; readonly fixed: boolean }>;
}

/** A PCI function, whatever it is for. */
export interface FunctionState {
  readonly pci: PciAddress;
  readonly present: boolean;
  /** Kernel driver, such as `igb`. */
  readonly driver: string | undefined;
  /** Empty if none is set. */
  readonly driverOverride: string;
  readonly netdev: string | undefined;
  /** Current number of VFs. */
  readonly numVfs: Seen<number>;
  /** Other functions of its IOMMU group that a kernel driver has: they keep DPDK from getting it. */
  readonly besides: Seen<readonly { readonly pci: PciAddress; readonly driver: string }[]>;
  /** -1 if the machine has only one, or does not say. */
  readonly numaNode: Seen<number>;
  /** CPUs near it, as the kernel lists them: `0-15,32`. */
  readonly localCpus: Seen<string>;
}

/** What mlx5 says of its LAG in debugfs (facts §1.1). */
export interface LagState {
  /** `active` or `disabled`; undefined if the driver has no LAG for this card. */
  readonly state: string | undefined;
  /** `switchdev` is the VF-LAG; `roce` can be active too, but is not one. */
  readonly type: string | undefined;
  /** `shared_fdb:on` and so on. */
  readonly flags: readonly string[];
}

/** Files by which a host brings itself back; null for a missing one. */
export interface BootState {
  /** Text of vflane's own unit. */
  readonly unit: Seen<string | null>;
  /** Whether systemd starts it. */
  readonly enabled: Seen<boolean>;
  /** Text of the drop-in that delays ovs-vswitchd. */
  readonly gate: Seen<string | null>;
  /** JSON of the `BootDocument`. */
  readonly document: Seen<Json>;
  /** SHA-256 of the copy of vflane. */
  readonly program: Seen<string | null>;
  /** JSON of the `BootSnapshot`; null if there is none. */
  readonly snapshot: Seen<Json>;
  /** Path → text of the files that keep the host's own network services off. */
  readonly keepOff: { readonly [path: string]: Seen<string | null> };
  /** Those of these services that are installed, and so have to be told. */
  readonly services: readonly ('networkManager' | 'networkd')[];
  /** Netdevs that ifupdown's files name. */
  readonly ifupdown: Seen<readonly string[]>;
}

export interface VfState {
  readonly index: number;
  readonly pci: PciAddress;
  readonly driver: string | undefined;
  /** Empty if none is set. */
  readonly driverOverride: string;
  readonly iommuGroup: string | undefined;
  /** In the host's own namespace; none for a VF whose netdev was moved to another. */
  readonly netdev: string | undefined;
  readonly admin: Seen<VfAdmin>;
}

/** The settings that the PF enforces on a VF (`ip link show`, vfinfo_list). */
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
  /** The permanent one; absent if that is `mac`. */
  readonly permanentMac?: string;
  /** Administratively. */
  readonly up: boolean;
  readonly carrier: boolean;
  readonly mtu: number;
  /** Bytes; absent if the driver states none. */
  readonly maxMtu: number | undefined;
  readonly master: string | undefined;
  /** The netdev below a VLAN or macvlan. */
  readonly lower: string | undefined;
  /** 802.1Q id of a VLAN netdev. */
  readonly vlan: number | undefined;
  /** PCI address of the function behind it. */
  readonly parentDev: string | undefined;
  readonly physSwitchId: string | undefined;
  readonly physPortName: string | undefined;
  readonly altNames: readonly string[];
  /** `veth`, `bond`, `vxlan`, …; undefined for a card's. */
  readonly kind: string | undefined;
  /** Its alias, set by an operator or by vflane (`ip link set … alias`). */
  readonly alias: string | undefined;
  /** CIDRs, without the link-local ones that the kernel made. */
  readonly addresses: readonly string[];
  readonly bond: BondState | undefined;
  /** Of a bond's member: whether it is the active one, and whether the bond's monitor considers it alive. */
  readonly slave?: { readonly active: boolean; readonly alive: boolean };
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
