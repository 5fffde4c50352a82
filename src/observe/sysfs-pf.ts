import type { HostReader } from '../host/host.ts';
import type { FunctionState, PfState, VfAdmin, VfState } from '../model/host-state.ts';
import { asPciAddress, type PciAddress } from '../model/names.ts';
import type { Seen, Unseen } from '../model/unseen.ts';
import { isUnseen } from '../model/unseen.ts';
import { seen, seenOr } from './look.ts';

const devices = '/sys/bus/pci/devices';

/** What a PF enforces on its VFs, by its netdev's name and the VF's index. */
export type AdminOf = (netdev: string | undefined, index: number) => Seen<VfAdmin>;

/** Looks at one PF and its VFs (Documentation/ABI/testing/sysfs-bus-pci). */
export async function observePf(reader: HostReader, pci: PciAddress, adminOf: AdminOf): Promise<PfState> {
  const folder = `${devices}/${pci}`;
  const entries = await seenOr(() => reader.listDir(folder));
  if (isUnseen(entries)) return hiddenPf(pci, entries);
  if (entries === undefined) return absentPf(pci);
  const [driver, id, netdev, autoprobe, numVfs, totalVfs] = await Promise.all([
    driverOf(reader, folder),
    deviceId(reader, folder),
    onlyNetdev(reader, folder, entries),
    attribute(reader, `${folder}/sriov_drivers_autoprobe`, (value) => value === '1'),
    attribute(reader, `${folder}/sriov_numvfs`, Number),
    attribute(reader, `${folder}/sriov_totalvfs`, Number),
  ]);
  if (isUnseen(netdev)) return hiddenPf(pci, netdev);
  if (isUnseen(driver)) return hiddenPf(pci, driver);
  const indices = entries.flatMap((name) => /^virtfn(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  const vfs = await Promise.all(
    indices.sort((a, b) => a - b).map((index) => observeVf(reader, folder, index, adminOf(netdev, index))),
  );
  return {
    pci,
    present: true,
    driver,
    id,
    netdev,
    autoprobe: autoprobe ?? true,
    // If one VF could not be looked at, their number is unknown: a count would miss it.
    numVfs: vfs.find(isUnseen) ?? numVfs ?? 0,
    totalVfs: totalVfs ?? 0,
    vfs: vfs.filter((vf): vf is VfState => vf !== undefined && !isUnseen(vf)),
  };
}

/**
 * Looks at a function that DPDK takes whole, whichever driver has it now.
 * @throws Error where its folder could not be read at all
 */
export async function observeFunction(reader: HostReader, pci: PciAddress): Promise<FunctionState> {
  const folder = `${devices}/${pci}`;
  const [bound, override, own, numVfs, besides, numaNode, localCpus] = await Promise.all([
    driverOf(reader, folder),
    attribute(reader, `${folder}/driver_override`, String),
    onlyNetdev(reader, folder),
    attribute(reader, `${folder}/sriov_numvfs`, Number),
    besidesOf(reader, pci),
    seen(async () => Number((await reader.readFile(`${folder}/numa_node`)).trim())),
    seen(async () => (await reader.readFile(`${folder}/local_cpulist`)).trim()),
  ]);
  const [present, driverOverride] = [override !== undefined, overrideIn(override)];
  const netdev = isUnseen(own) ? undefined : own;
  const driver = isUnseen(bound) ? undefined : bound;
  return { pci, present, driver, driverOverride, netdev, numVfs: numVfs ?? 0, besides, numaNode, localCpus };
}

/** The kernel's own drivers for bridges and switches do not matter (drivers/vfio/pci, Documentation/driver-api/vfio.rst). */
const harmless: ReadonlySet<string> = new Set(['pcieport', 'vfio-pci', 'pci-stub']);

/** Other functions of its IOMMU group that a kernel driver has. */
export function besidesOf(reader: HostReader, pci: PciAddress): Promise<FunctionState['besides']> {
  return seen(async () => {
    const names = await seenOr(() => reader.listDir(`${devices}/${pci}/iommu_group/devices`));
    if (isUnseen(names)) throw new TypeError(names.unseen);
    const others = (names ?? []).flatMap((name) => asPciAddress(name) ?? []).filter((other) => other !== pci);
    const drivers = await Promise.all(others.map((other) => driverOf(reader, `${devices}/${other}`)));
    return others.flatMap((other, place) => {
      const driver = drivers[place];
      if (isUnseen(driver)) throw new TypeError(driver.unseen);
      return driver === undefined || harmless.has(driver) ? [] : [{ pci: other, driver }];
    });
  });
}

/** The kernel prints a null pointer like this if none is set (drivers/pci/pci-sysfs.c, driver_override_show). */
function overrideIn(text: Seen<string> | undefined): string {
  return typeof text === 'string' && text !== '(null)' ? text : '';
}

/** A PF about which nothing could be seen: no number of its passes for 0. */
function hiddenPf(pci: PciAddress, why: Unseen): PfState {
  const nothing = { driver: undefined, id: undefined, netdev: undefined };
  return { pci, present: true, ...nothing, autoprobe: why, numVfs: why, totalVfs: why, vfs: [] };
}

function absentPf(pci: PciAddress): PfState {
  const nothing = { driver: undefined, id: undefined, netdev: undefined };
  return { pci, present: false, ...nothing, autoprobe: true, numVfs: 0, totalVfs: 0, vfs: [] };
}

async function observeVf(
  reader: HostReader,
  pfFolder: string,
  index: number,
  admin: Seen<VfAdmin>,
): Promise<Seen<VfState> | undefined> {
  const target = await seenOr(() => reader.readLink(`${pfFolder}/virtfn${index}`));
  if (isUnseen(target)) return target;
  const pci = typeof target === 'string' ? asPciAddress(lastPart(target)) : undefined;
  if (pci === undefined) return undefined;
  const folder = `${devices}/${pci}`;
  const bound = await seenOr(() => reader.readLink(`${folder}/driver`));
  if (isUnseen(bound)) return bound;
  const driver = bound === undefined ? undefined : lastPart(bound);
  const [override, group, own] = await Promise.all([
    attribute(reader, `${folder}/driver_override`, String),
    linkName(reader, `${folder}/iommu_group`),
    makesNetdevs(driver) ? onlyNetdev(reader, folder) : undefined,
  ]);
  // Its group tells who holds it.
  if (isUnseen(group)) return group;
  const driverOverride = overrideIn(override);
  const netdev = isUnseen(own) ? undefined : own;
  return { index, pci, driver, driverOverride, iommuGroup: group, netdev, admin };
}

/** Most VFs are a VM's or nobody's: they need not be asked. */
function makesNetdevs(driver: string | undefined): boolean {
  return driver !== undefined && driver !== 'vfio-pci';
}

function driverOf(reader: HostReader, folder: string): Promise<Seen<string> | undefined> {
  return linkName(reader, `${folder}/driver`);
}

async function deviceId(reader: HostReader, folder: string): Promise<string | undefined> {
  const [vendor, device] = await Promise.all([
    attribute(reader, `${folder}/vendor`, String),
    attribute(reader, `${folder}/device`, String),
  ]);
  return typeof vendor === 'string' && typeof device === 'string'
    ? `${vendor.replace('0x', '')}:${device.replace('0x', '')}`
    : undefined;
}

/** The netdev of a function that has one; in switchdev, where representors stand beside the uplink, the one with a `p<N>` name. */
async function onlyNetdev(
  reader: HostReader,
  folder: string,
  entries?: readonly string[],
): Promise<Seen<string> | undefined> {
  if (entries !== undefined && !entries.includes('net')) return undefined;
  const names = await seenOr(() => reader.listDir(`${folder}/net`));
  if (names === undefined || isUnseen(names)) return names;
  if (names.length < 2) return names[0];
  const ports = await Promise.all(
    names.map((name) => attribute(reader, `${folder}/net/${name}/phys_port_name`, String)),
  );
  const uplink = names.find((_, place) => /^p\d+$/.test(`${ports[place]}`));
  return uplink ?? ports.find(isUnseen);
}

async function attribute<Value>(
  reader: HostReader,
  path: string,
  read: (text: string) => Value,
): Promise<Seen<Value> | undefined> {
  const text = await seenOr(() => reader.readFile(path));
  return typeof text === 'string' ? read(text.trim()) : text;
}

async function linkName(reader: HostReader, path: string): Promise<Seen<string> | undefined> {
  const target = await seenOr(() => reader.readLink(path));
  return typeof target === 'string' ? lastPart(target) : target;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
