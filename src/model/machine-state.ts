import type { Seen } from './unseen.ts';

/** What a host has of the VMs that were asked about. */
export interface MachinesState {
  /** Text of the template unit; null where there is none. */
  readonly template: Seen<string | null>;
  /** Text of the script that its units run. */
  readonly power: Seen<string | null>;
  /** Programs that were looked for, by path. */
  readonly programs: Seen<{ readonly [path: string]: boolean }>;
  /** Images by path; null where there is none. */
  readonly images: { readonly [path: string]: Seen<ImageState | null> };
  /** Texts of user-data files by path; null where there is none. */
  readonly userData: { readonly [path: string]: Seen<string | null> };
  /** What the host does with the disks behind PCI functions that were asked about. */
  readonly blockUse: { readonly [pci: string]: Seen<readonly string[]> };
  /** VFs of guests, by address → other functions of the IOMMU group that a driver of the kernel has. */
  readonly besides: FunctionsBeside;
  readonly guests: { readonly [name: string]: MachineState };
  /** MiB of the host in all, and not taken; undefined where nobody needs to know. */
  readonly memory: Seen<{ readonly totalMiB: number; readonly freeMiB: number }>;
}

export interface FunctionsBeside {
  readonly [pci: string]: Seen<readonly { readonly pci: string; readonly driver: string }[]>;
}

export interface ImageState {
  readonly format: string;
  /** Bytes that the guest sees. */
  readonly size: number;
  /** What it stands on, as it says itself. */
  readonly backing?: string;
  /** Where its data is, if not in itself (qcow2's `data_file`). */
  readonly dataFile?: string;
}

export interface MachineState {
  /** Text of the drop-in; null where there is none. */
  readonly dropIn: Seen<string | null>;
  readonly unit: Seen<UnitState>;
  /** Whether systemd starts it with the host; null for no. */
  readonly autostart: Seen<true | null>;
  readonly disk: Seen<ImageState | null>;
  /** What is in the seed's folder, by file name; null where there is no seed, or one that was not finished. */
  readonly seed: Seen<{ readonly [file: string]: string } | null>;
  /** Absent where nobody asked libvirt. */
  readonly domain?: Seen<DomainState | null>;
}

export interface UnitState {
  /** `active`, `inactive`, `failed`, `activating`, …; of a unit that systemd does not know `inactive`. */
  readonly active: string;
  /** Why it ended: `success`, `exit-code`, `timeout`, …. */
  readonly result: string;
  /** Its files have changed since systemd read them. */
  readonly isStale: boolean;
}

export interface DomainState {
  /** The text that vflane keeps of it; null where the domain is not vflane's. */
  readonly xml: string | null;
  /** Whether libvirt was given that text. */
  readonly digest: string;
  readonly state: string;
  /** While it is shut off: how it ended (virDomainShutoffReason), `shutdown`, `destroyed`, `crashed`, …, `unknown`. */
  readonly ended?: string;
  /** Whether libvirt starts it when it starts itself. */
  readonly autostart: boolean;
}
