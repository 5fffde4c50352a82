import type { Seen } from './host-state.ts';
import type { PackageMark } from './package-mark.ts';

/** What a host is to have before vflane sets anything up on it: what `prepare` brings, and no other plan takes away. */
export interface PreparationSpec {
  /** Packages that are not there: those that are needed, and all that come along with them. */
  readonly packages: { readonly [name: string]: PackageMark };
  /** Files that only a start of the host reads, by path. */
  readonly files: { readonly [path: string]: string };
}

/** What the system of a host is made of, as far as `prepare` asks. */
export interface SystemState {
  /** `12`, `13`; undefined where it is another system. */
  readonly debian: number | undefined;
  /** Packages that are not there of those that were asked about. */
  readonly missing: Seen<readonly string[]>;
  /** What apt would install for these, and all that come along. */
  readonly coming: Seen<readonly string[]>;
  /** Whether GRUB starts it, in Debian's way: there is an `update-grub`. */
  readonly grub: boolean;
  /** What the kernel was started with. */
  readonly commandLine: Seen<string>;
  /** The firmware's tables on its IOMMU; empty where it has none, or keeps it off. */
  readonly iommuTables: Seen<readonly string[]>;
  /** Whether the kernel that runs has CONFIG_NET_TC_SKB_EXT, or a driver from elsewhere that needs none. */
  readonly skbExt: Seen<boolean>;
}

export const grubFile = '/etc/default/grub.d/vflane.cfg';
export const modulesFile = '/etc/modules-load.d/vflane.conf';
