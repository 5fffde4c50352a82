import type { PciAddress } from './names.ts';

/** A virtual machine, as its host has to run it. */
export interface MachineSpec {
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Its memory is backed by pages of 2 MiB. */
  readonly hugepages: boolean;
  readonly manager: 'systemd' | 'libvirt';
  readonly firmware: 'bios' | 'uefi';
  /** Absolute path on the host of the user's image, which is never written. */
  readonly image: string;
  /** The size of its disk as the guest sees it; absent: the image's. */
  readonly diskMiB?: number;
  /** PCI functions of the host that it is given whole, besides its VFs. */
  readonly pci: readonly PciAddress[];
  /** Whether it runs whenever the host does. */
  readonly autostart: boolean;
  /** Its VFs, or its taps, in the order of its lanes. */
  readonly nics: readonly MachineNic[];
  /** What cloud-init finds in it; absent if it is to find nothing. */
  readonly seed?: SeedSpec;
}

export type MachineNic =
  | { readonly pf: PciAddress; readonly index: number }
  /** `plain`: without virtio's header, which Open vSwitch in user space does not read (drivers/net/tun.c). */
  | { readonly tap: string; readonly mac: string; readonly plain: boolean };

/** The files of a NoCloud seed. */
export interface SeedSpec {
  readonly metaData: string;
  readonly networkConfig: string;
  /** The text, or the path of a file on the host. */
  readonly userData: { readonly text: string } | { readonly file: string };
}
