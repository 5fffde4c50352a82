import type { PackageMark } from './package-mark.ts';
import type { Seen } from './unseen.ts';

/** What a host needs before vflane sets anything up on it: `prepare` brings it, and no other plan takes it away. */
export interface PreparationSpec {
  /** Missing packages: those that are needed, and their dependencies. */
  readonly packages: { readonly [name: string]: PackageMark };
  /** Files that only a start of the host reads, by path. */
  readonly files: { readonly [path: string]: string };
}

/** What the system of a host is made of, as far as `prepare` asks. */
export interface SystemState {
  /** `12`, `13`; undefined where it is another system. */
  readonly debian: number | undefined;
  /** Those of the packages asked about that are missing. */
  readonly missing: Seen<readonly string[]>;
  /** What apt would install for these, dependencies included. */
  readonly coming: Seen<readonly string[]>;
  /** Whether GRUB starts it the Debian way: there is an `update-grub`. */
  readonly grub: boolean;
  /** What the kernel was started with. */
  readonly commandLine: Seen<string>;
  /** The firmware's IOMMU tables; empty if it has no IOMMU, or keeps it off. */
  readonly iommuTables: Seen<readonly string[]>;
  /** Whether the running kernel has CONFIG_NET_TC_SKB_EXT, or a third-party driver that does not need it. */
  readonly skbExt: Seen<boolean>;
}

export const grubFile = '/etc/default/grub.d/vflane.cfg';
export const modulesFile = '/etc/modules-load.d/vflane.conf';
