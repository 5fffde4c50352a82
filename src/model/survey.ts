import type { PciAddress } from './names.ts';
import type { Seen, Unseen } from './unseen.ts';

/** What `show` and `doctor` look at besides a host's state: nothing of it is ever planned. */
export interface Survey {
  readonly config: Seen<KernelConfig>;
  /** `none`, `integrity` or `confidentiality`; undefined where the kernel has no lockdown. */
  readonly lockdown: Seen<string> | undefined;
  /** Whether mlx5 comes from NVIDIA's own package: then the kernel's options do not matter. */
  readonly ofed: Seen<boolean>;
  /** The clocks of the host and of the asking machine at the same moment, in milliseconds since 1970. */
  readonly clock: Seen<{ readonly hostMs: number; readonly oursMs: number }>;
  /** Without a file that names cards: why they could not be searched for; absent if they could. */
  readonly search?: Unseen;
  /** Why vflane's own journal could not be read; absent where it could. */
  readonly journal?: Unseen;
  /** By PCI address. */
  readonly cards: { readonly [pci: string]: CardSurvey };
  /** Functions of an SR-IOV card without a netdev on the host: in recovery, or without a driver. */
  readonly odd: readonly OddFunction[];
  /** Megabits per second, by netdev; undefined if it is down or does not say. */
  readonly speeds: { readonly [netdev: string]: number | undefined };
  /** Other software that claims these netdevs. */
  readonly owners: Seen<readonly Owner[]>;
  readonly neighbours: Seen<readonly Neighbour[]>;
  /** Processes that hold VFs, with the CPUs they may run on. */
  readonly holders: readonly HolderSurvey[];
  /** Existing namespaces that were not looked into. */
  readonly unlooked: Seen<readonly string[]>;
  /** Oldest first; absent if nobody asked. */
  readonly log?: Seen<readonly LogLine[]>;
  /** Only if Open vSwitch is to offload. */
  readonly qdiscs?: Seen<readonly Qdisc[]>;
  /** `esw_port_metadata`, by PCI address; only if a LAG lacks the shared table. */
  readonly metadata?: Seen<{ readonly [pci: string]: boolean }>;
}

export interface KernelConfig {
  /** Where it was read. */
  readonly path: string;
  /** `y` or `m`, by name without CONFIG_; what is not set is not there. */
  readonly options: { readonly [name: string]: string };
}

export interface CardSurvey {
  /** `ConnectX-5 Ex`; undefined if the id is unknown. */
  readonly model: string | undefined;
  readonly firmware: Seen<Firmware>;
  readonly slot: Seen<Slot>;
  readonly iommuGroup: string | undefined;
  readonly numaNode: Seen<number>;
  /** CPUs near it: `0-15`. */
  readonly localCpus: Seen<string>;
  readonly window: Seen<VfWindow>;
  /** Port `mapping` of the LAG in debugfs, such as `1:1`; empty where there is none. */
  readonly lagMapping: readonly string[];
}

/** As devlink reports it; undefined where the driver does not say. */
export interface Firmware {
  readonly psid: string | undefined;
  readonly running: string | undefined;
  /** In flash: it runs after the next reset. */
  readonly stored: string | undefined;
}

/** PCIe as the kernel prints it: `16.0 GT/s PCIe`, lanes. */
export interface LinkWidth {
  readonly speed: string;
  readonly lanes: number;
}

export interface Slot {
  readonly now: LinkWidth;
  /** What the card is capable of. */
  readonly card: LinkWidth;
  /** What the port above it, the slot, is capable of; undefined if it cannot be read. */
  readonly above: LinkWidth | undefined;
  /** PCI address of that port. */
  readonly port: string | undefined;
}

/** Address space for VFs, in bytes. */
export interface VfWindow {
  /** The largest memory window of all VFs of this PF; 0: the BIOS gave none. */
  readonly bytes: number;
  /** The prefetchable window of the port above, which all functions of the slot share; undefined where it cannot be read. */
  readonly above: number | undefined;
  /** MSI-X vectors for VFs in all; undefined where the driver does not say. */
  readonly msix: number | undefined;
}

export interface OddFunction {
  readonly pci: PciAddress;
  /** `15b3:020d`. */
  readonly id: string;
  readonly driver: string | undefined;
  /** Its firmware does not start: it answers as its boot loader. */
  readonly recovery: boolean;
}

export interface Owner {
  readonly by: 'NetworkManager' | 'systemd-networkd' | 'netplan' | 'ifupdown';
  readonly netdev: string;
  /** The file that says so. */
  readonly path: string;
  readonly says: string;
}

export interface Neighbour {
  readonly address: string;
  readonly netdev: string;
  /** Whether it has answered, and the answer is still valid. */
  readonly answered: boolean;
}

export interface HolderSurvey {
  readonly pid: number;
  readonly command: string;
  /** libvirt's name of the VM that it runs. */
  readonly vm?: string;
  /** VFIO groups it has open. */
  readonly groups: readonly string[];
  readonly cpus: Seen<string>;
}

export interface LogLine {
  /** Seconds since boot; undefined where the log does not say. */
  readonly atS: number | undefined;
  readonly text: string;
}

export interface Qdisc {
  readonly netdev: string;
  readonly kind: string;
  readonly block: number | undefined;
}
