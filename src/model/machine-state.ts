import type { Seen } from './unseen.ts';

/** What a host has for the VMs that were asked about. */
export interface MachinesState {
  /** Text of the template unit; null if there is none. */
  readonly template: Seen<string | null>;
  /** Text of the script that its units run. */
  readonly power: Seen<string | null>;
  /** Programs that were looked for, by path. */
  readonly programs: Seen<{ readonly [path: string]: boolean }>;
  /** Images by path; null for one that does not exist. */
  readonly images: { readonly [path: string]: Seen<ImageState | null> };
  /** Texts of user-data files by path; null for one that does not exist. */
  readonly userData: { readonly [path: string]: Seen<string | null> };
  /** How the host uses the disks behind the PCI functions that were asked about. */
  readonly blockUse: { readonly [pci: string]: Seen<readonly string[]> };
  /** Address of a guest's VF → other functions of its IOMMU group that a kernel driver has. */
  readonly besides: FunctionsBeside;
  readonly guests: { readonly [name: string]: MachineState };
  /** MiB of the host, total and free; undefined if nobody needs to know. */
  readonly memory: Seen<{ readonly totalMiB: number; readonly freeMiB: number }>;
}

export interface FunctionsBeside {
  readonly [pci: string]: Seen<readonly { readonly pci: string; readonly driver: string }[]>;
}

export interface ImageState {
  readonly format: string;
  /** Size that the guest sees, in bytes. */
  readonly size: number;
  /** Its backing file, as it names it itself. */
  readonly backing?: string;
  /** Where its data is, if in another file (qcow2's `data_file`). */
  readonly dataFile?: string;
}

export interface MachineState {
  /** Text of the drop-in; null if there is none. */
  readonly dropIn: Seen<string | null>;
  readonly unit: Seen<UnitState>;
  /** Set if systemd starts it with the host; null if not. */
  readonly autostart: Seen<true | null>;
  readonly disk: Seen<ImageState | null>;
  /** Contents of the seed's folder, by file name; null if there is no seed, or an unfinished one. */
  readonly seed: Seen<{ readonly [file: string]: string } | null>;
  /** Absent if libvirt was not asked. */
  readonly domain?: Seen<DomainState | null>;
}

export interface UnitState {
  /** `active`, `inactive`, `failed`, `activating`, …; `inactive` also for a unit that systemd does not know. */
  readonly active: string;
  /** Why it ended: `success`, `exit-code`, `timeout`, …. */
  readonly result: string;
  /** Its files have changed since systemd read them. */
  readonly isStale: boolean;
}

export interface DomainState {
  /** The text that vflane keeps of it; null if the domain is not vflane's. */
  readonly xml: string | null;
  /** Whether libvirt's definition is that text. */
  readonly digest: string;
  readonly state: string;
  /** While it is shut off: why (virDomainShutoffReason), `shutdown`, `destroyed`, `crashed`, …, `unknown`. */
  readonly ended?: string;
  /** Whether libvirt starts it when it starts itself. */
  readonly autostart: boolean;
}
