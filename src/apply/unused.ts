import { HostError, type HostReader, type OpenFile } from '../host/host.ts';
import { lastPart, pci } from './resolve.ts';

// These hand the whole function to a program or another kernel in ways that leave no trace in /dev/vfio.
const opaqueDrivers: readonly string[] = ['pci-stub', 'uio_pci_generic', 'igb_uio', 'pciback'];

/** Who holds a VF: `undefined` if nobody does. @throws HostError or CannotTell if that could not be seen. */
export async function holderOf(reader: HostReader, vf: string): Promise<string | undefined> {
  const open = await vfioHolder(reader, vf);
  if (open) return `held by ${open.command} (pid ${open.pid}) through ${open.path}`;
  const driver = lastPart((await orAbsent(reader.readLink(`${pci(vf)}/driver`))) ?? '');
  if (opaqueDrivers.includes(driver)) throw new CannotTell(`bound to ${driver}, whose users leave no trace`);
  if (driver === '' || driver.includes('vfio')) return undefined;
  const netdevs = (await orAbsent(reader.listDir(`${pci(vf)}/net`))) ?? [];
  return netdevs.length ? undefined : `bound to ${driver} with its netdev in another network namespace`;
}

export class CannotTell extends Error {
  override readonly name = 'CannotTell';
}

async function vfioHolder(reader: HostReader, vf: string): Promise<OpenFile | undefined> {
  const group = await orAbsent(reader.readLink(`${pci(vf)}/iommu_group`));
  // The group's older and newer doors: /dev/vfio/<group>, and one per function with IOMMUFD (vfio.rst).
  const cdevs = (await orAbsent(reader.listDir(`${pci(vf)}/vfio-dev`))) ?? [];
  const doors = cdevs.map((name) => `/dev/vfio/devices/${name}`);
  if (group !== undefined) doors.push(`/dev/vfio/${lastPart(group)}`);
  if (!doors.length) return undefined;
  const open = (await orAbsent(reader.openFiles('/dev/vfio'))) ?? [];
  return open.find((file) => doors.includes(file.path));
}

async function orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HostError && error.details.errno === 'ENOENT') return undefined;
    throw error;
  }
}
