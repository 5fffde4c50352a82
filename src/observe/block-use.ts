import type { HostReader } from '../host/host.ts';
import type { Seen } from '../model/unseen.ts';
import { seen, seenOr } from './look.ts';

/** How the host itself uses the disks behind a PCI function: `/dev/nvme0n1p2 is mounted at /srv`. */
export function observeBlockUse(reader: HostReader, pci: string): Promise<Seen<readonly string[]>> {
  return seen(async () => {
    const disks = await disksBehind(reader, pci);
    if (disks.length === 0) return [];
    const [mounts, swaps] = await Promise.all(
      ['/proc/mounts', '/proc/swaps'].map((path) => reader.readFile(path)),
    );
    const held = await Promise.all(disks.map((disk) => holdersOf(reader, disk)));
    return [...usesIn(disks, mounts ?? '', swaps ?? ''), ...held.flat()];
  });
}

/** A block device is a link into the tree of devices, which goes through its controller (Documentation/ABI/testing/sysfs-block). */
async function disksBehind(reader: HostReader, pci: string): Promise<readonly string[]> {
  const names = await seenOr(() => reader.listDir('/sys/block'));
  if (!Array.isArray(names)) return [];
  const targets = await Promise.all(names.map((name) => reader.readLink(`/sys/block/${name}`)));
  return names.filter((_, place) => targets[place]?.includes(`/${pci}/`));
}

/** proc_pid_mounts(5), proc_swaps(5): the device is the first word of a line. */
export function usesIn(disks: readonly string[], mounts: string, swaps: string): readonly string[] {
  const isOurs = (device = '') =>
    disks.some((disk) => device === `/dev/${disk}` || device.startsWith(`/dev/${disk}`));
  const words = (text: string) => text.split('\n').map((line) => line.split(/\s+/));
  return [
    ...words(mounts)
      .filter(([device]) => isOurs(device))
      .map(([device, at]) => `${device} is mounted at ${at}`),
    ...words(swaps)
      .filter(([device]) => isOurs(device))
      .map(([device]) => `${device} is swap`),
  ];
}

/** What stands on a disk or on one of its partitions: LVM, LUKS, RAID. */
async function holdersOf(reader: HostReader, disk: string): Promise<readonly string[]> {
  const parts = await reader.listDir(`/sys/block/${disk}`);
  const folders = ['', ...parts.filter((part) => part.startsWith(disk)).map((part) => `/${part}`)];
  const held = await Promise.all(
    folders.map((folder) => seenOr(() => reader.listDir(`/sys/block/${disk}${folder}/holders`))),
  );
  return held.flatMap((names) =>
    Array.isArray(names) ? names.map((name) => `${disk} is under ${name}`) : [],
  );
}
