import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached, cacheFolder } from '../../src/lab/cache.ts';
import { run } from '../../src/lab/run.ts';
import { bootConfiguration, imageWork, initrdScript, loaderEntry } from './guest-image-files.ts';
import type { LabHost } from './lab-host.ts';
import { unpackedPackages } from './lab-packages.ts';
import { carry, withLibraries } from './nested-qemu.ts';

/** The image's name in a fabric file. */
export const imageName = 'guest.img';
const imagePath = `/var/lib/vflane/images/${imageName}`;

/**
 * Makes a bootable disk image on the hosts: a FAT volume with SYSLINUX, and systemd-boot for UEFI, the hosts' own kernel,
 * and an initrd of busybox, iproute2, igbvf, bonding and QEMU's guest agent, which applies its seed.
 */
export async function makeGuestImage(lab: LabHost, hosts: readonly string[]): Promise<void> {
  const sshConfig = join(lab.folder, '.vflane/lab/ssh_config');
  const folder = await cached(cacheFolder(), `guest-image-${await digestOf(lab)}`, (building) =>
    build(lab, sshConfig, building),
  );
  await Promise.all(
    hosts.map((host) => carry(folder, [imageName], { sshConfig, host, to: '/var/lib/vflane/images' })),
  );
}

/** A digest of what the image is made of: these files, and the packages of the lab's hosts in it. */
async function digestOf(lab: LabHost): Promise<string> {
  const packages = await lab.ssh(
    "dpkg-query -W 'linux-image-*' busybox-static iproute2 dash libc6; uname -r",
  );
  const made = createHash('sha256').update(
    [packages, initrdScript(), bootConfiguration, loaderEntry].join('\n'),
  );
  return made.digest('hex').slice(0, 12);
}

async function build(lab: LabHost, sshConfig: string, folder: string): Promise<void> {
  await carryAgent(sshConfig);
  await lab.ssh(initrdScript());
  writeFileSync(join(folder, 'syslinux.cfg'), bootConfiguration);
  writeFileSync(join(folder, 'vflane.conf'), loaderEntry);
  for (const [from, to] of [
    ['/boot/lab-vmlinuz', 'vmlinuz'],
    [`${imageWork}/initrd`, 'initrd'],
  ])
    await here([
      'sh',
      '-c',
      'exec ssh -F "$1" alpha "cat $2" > "$3"',
      'sh',
      sshConfig,
      `${from}`,
      join(folder, `${to}`),
    ]);
  await makeVolume(folder);
}

/** SHA-256 of the image on a host. */
export async function imageDigest(lab: LabHost, host = 'alpha'): Promise<string> {
  return (await lab.ssh(`sha256sum ${imagePath}`, host)).split(' ')[0] ?? '';
}

async function carryAgent(sshConfig: string): Promise<void> {
  const folder = await unpackedPackages('guest-agent-trixie', ['qemu-guest-agent']);
  const files = await withLibraries(folder, 'usr/sbin/qemu-ga');
  await carry(folder, files, { sshConfig, host: 'alpha', to: `${imageWork}/tree` });
}

/** UEFI for the guests, and a boot loader for it. */
function uefiPackages(): Promise<string> {
  return unpackedPackages('guest-uefi-trixie', ['ovmf', 'systemd-boot-efi']);
}

/** Debian's `ovmf` on a host, as if it were installed. */
export async function installUefi(lab: LabHost, host = 'alpha'): Promise<void> {
  const files = ['CODE', 'VARS'].map((kind) => `usr/share/OVMF/OVMF_${kind}_4M.fd`);
  const sshConfig = join(lab.folder, '.vflane/lab/ssh_config');
  await carry(await uefiPackages(), files, { sshConfig, host, to: '/' });
}

/** A volume without a partition table, whose first sector is SYSLINUX's; needs neither root nor a loop device. */
async function makeVolume(folder: string): Promise<void> {
  const image = join(folder, imageName);
  const files = ['vmlinuz', 'initrd', 'syslinux.cfg'].map((name) => join(folder, name));
  await here(['truncate', '-s', '64M', image]);
  await here(['mformat', '-i', image, '-F', '::']);
  await here(['mcopy', '-i', image, ...files, '::']);
  await here(['mmd', '-i', image, '::/EFI', '::/EFI/BOOT', '::/loader', '::/loader/entries']);
  const loader = join(await uefiPackages(), 'usr/lib/systemd/boot/efi/systemd-bootx64.efi');
  await here(['mcopy', '-i', image, loader, '::/EFI/BOOT/BOOTX64.EFI']);
  await here(['mcopy', '-i', image, join(folder, 'vflane.conf'), '::/loader/entries']);
  await here(['syslinux', '--install', image]);
}

async function here(argv: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run([...argv], { timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`${argv.join(' ')}: exit ${code}: ${stdout}${stderr}`);
}
