/** A running VM: what it holds of the host, and its state. */
export interface Machine {
  name: string;
  memoryMib: number;
  /** Pages of `pageKib` KiB that it holds, 0 for none. */
  pages: number;
  pageKib: number;
  /** Images it has open, including its disks' backing files. */
  disks: { path: string; writes: boolean }[];
  sockets: { kind: 'qmp' | 'agent' | 'other'; path: string }[];
  pidfile: string;
  startedMs: number;
  paused: boolean;
  /** cloud-init's network-config as it was on a disk when the guest started. */
  networkConfig?: string;
  /** It was asked to shut down, and will have done so by then. */
  endsAtMs?: number;
  /** Taps that it made itself, which go with it. */
  ownTaps: number[];
}

/** How a guest deviates from the usual one. */
export interface GuestTraits {
  /** It ignores the power button. */
  ignoresPowerdown?: boolean;
  /** No agent runs in it. */
  hasNoAgent?: boolean;
  /** Its agent has no command for files, as Red Hat's. */
  opensNoFiles?: boolean;
  /** It ignores its network configuration. */
  ignoresNetwork?: boolean;
}

/** A function on the board that is not part of the card and may be passed to a VM. */
export interface BoardDevice {
  pci: string;
  readonly vendor: string;
  readonly device: string;
  readonly class: string;
  /** The driver that the kernel would bind. */
  readonly native: string;
  driver: string;
  driverOverride: string;
  iommuGroup: number;
}

/** A domain that libvirt knows. */
export interface Domain {
  name: string;
  /** As libvirt has stored it. */
  xml: string;
  uuid: string;
  autostart: boolean;
  /** Its QEMU, 0 while it is shut off. */
  pid: number;
  /** How its last QEMU ended (virDomainShutoffReason); absent while none has. */
  ended?: 'shutdown' | 'destroyed';
  /** Functions that it unbound from their drivers, and gives back. */
  managed: string[];
}
