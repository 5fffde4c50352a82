import { HostError, type HostReader } from '../host/host.ts';
import { asPciAddress, type PciAddress } from '../model/names.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { seenOr } from './look.ts';

/**
 * PCI addresses of the PFs that have a netdev and can have VFs, in order: for a host whose card no file names.
 * The link of a netdev leads through the function behind it (Documentation/ABI/testing/sysfs-class-net).
 */
export async function sriovPfs(reader: HostReader): Promise<Seen<readonly PciAddress[]>> {
  const netdevs = (await seenOr(() => reader.listDir('/sys/class/net'))) ?? [];
  if (isUnseen(netdevs)) return netdevs;
  const behind = await Promise.all(netdevs.map((netdev) => functionBehind(reader, netdev)));
  const hidden = behind.find(isUnseen);
  if (hidden) return hidden;
  const functions = [...new Set(behind.flatMap((pci) => (pci && !isUnseen(pci) ? [pci] : [])))].sort();
  const able = await Promise.all(functions.map((pci) => canHaveVfs(reader, pci)));
  return functions.filter((_, place) => able[place]);
}

/** If the bonding module is loaded, there is a plain file among the netdevs: `bonding_masters` (bond_sysfs.c). */
async function linkAt(reader: HostReader, path: string): Promise<string | undefined> {
  try {
    return await reader.readLink(path);
  } catch (error) {
    if (error instanceof HostError && error.details.errno === 'EINVAL') return undefined;
    throw error;
  }
}

async function functionBehind(reader: HostReader, netdev: string): Promise<Seen<PciAddress> | undefined> {
  const target = await seenOr(() => linkAt(reader, `/sys/class/net/${netdev}`));
  if (typeof target !== 'string') return target;
  return target
    .split('/')
    .flatMap((part) => asPciAddress(part) ?? [])
    .at(-1);
}

/** A VF has no such file, nor has a card without SR-IOV. */
async function canHaveVfs(reader: HostReader, pci: PciAddress): Promise<boolean> {
  const total = await seenOr(() => reader.readFile(`/sys/bus/pci/devices/${pci}/sriov_totalvfs`));
  if (!isUnseen(total)) return total !== undefined && Number(total) > 0;
  // If the file exists but cannot be read, a closer look will report it as unseen.
  const names = await seenOr(() => reader.listDir(`/sys/bus/pci/devices/${pci}`));
  return names !== undefined && !isUnseen(names) && names.includes('sriov_totalvfs');
}
