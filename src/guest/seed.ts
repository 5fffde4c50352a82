import type { GuestPaths } from '../model/guest-paths.ts';
import type { SeedSpec } from '../model/machine.ts';
import { yamlWord } from './yaml-word.ts';

/** The files of a seed, by name. */
export type SeedFiles = { readonly [file: string]: string };

export const seedFiles = ['meta-data', 'network-config', 'user-data', 'vendor-data'] as const;

/**
 * A NoCloud seed. The instance id never changes, because a new one would make new host keys; vendor-data, which the user's
 * own data overrides, says that the networks are set up at every boot, not only at the first.
 */
export function seedTexts({ metaData, networkConfig }: SeedSpec, userData: string): SeedFiles {
  return {
    'meta-data': metaData,
    'network-config': networkConfig,
    'user-data': userData,
    'vendor-data': vendorData,
  };
}

const vendorData = `#cloud-config
updates:
  network:
    when: [boot-new-instance, boot]
`;

export function metaDataOf(guest: string): string {
  return `instance-id: vflane-${guest}\nlocal-hostname: ${yamlWord(guest)}\n`;
}

export function userDataOf(sshKeys: readonly string[]): string {
  const keys = sshKeys.map((key) => `  - ${JSON.stringify(key)}\n`);
  return `#cloud-config\n${keys.length > 0 ? `ssh_authorized_keys:\n${keys.join('')}` : '{}\n'}`;
}

/**
 * Makes a volume from the seed's folder: QEMU reads a folder as a FAT volume (vvfat), and the result is written to a file,
 * so that libvirt's guests have the same, and no tool other than QEMU's own is needed. 2.88 MB, mostly holes.
 */
export function volumeArgv({ seedFolder }: GuestPaths, into: string): readonly string[] {
  const source = { driver: 'vvfat', dir: seedFolder, label: 'CIDATA', floppy: true };
  return ['qemu-img', 'convert', '-O', 'raw', `json:${JSON.stringify(source)}`, into];
}
