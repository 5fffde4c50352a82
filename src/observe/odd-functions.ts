import type { HostReader } from '../host/host.ts';
import { asPciAddress, type PciAddress } from '../model/names.ts';
import type { OddFunction } from '../model/survey.ts';
import { isUnseen } from '../model/unseen.ts';
import { seenOr } from './look.ts';

const devices = '/sys/bus/pci/devices';
/** NVIDIA's vendor id, once Mellanox's. */
const vendor = '0x15b3';

/** The ids of a card whose firmware does not start: the boot loader's ids (pci.ids, "Flash Recovery"). */
const recoveryIds: ReadonlySet<string> = new Set(
  ['01ff', '0209', '020b', '020d', '020f', '0212', '0214', '0216', '0218', '021c', '021e'].map(
    (id) => `0x${id}`,
  ),
);

/** Functions of Mellanox cards without a netdev, though they should have one: reads only files. */
export async function observeOdd(
  reader: HostReader,
  known: readonly string[],
): Promise<readonly OddFunction[]> {
  const all = await seenOr(() => reader.listDir(devices));
  if (all === undefined || isUnseen(all)) return [];
  const others = all.flatMap((name) => asPciAddress(name) ?? []).filter((pci) => !known.includes(pci));
  return (await Promise.all(others.map((pci) => oddAt(reader, pci)))).flat();
}

async function oddAt(reader: HostReader, pci: PciAddress): Promise<readonly OddFunction[]> {
  const folder = `${devices}/${pci}`;
  const [made, device] = await Promise.all(
    ['vendor', 'device'].map((name) => seenOr(() => reader.readFile(`${folder}/${name}`))),
  );
  if (typeof made !== 'string' || typeof device !== 'string' || made.trim() !== vendor) return [];
  const entries = await seenOr(() => reader.listDir(folder));
  // A VF without a netdev is a guest's, or spare.
  if (entries === undefined || isUnseen(entries) || entries.includes('physfn') || entries.includes('net'))
    return [];
  const link = await seenOr(() => reader.readLink(`${folder}/driver`));
  const driver = typeof link === 'string' ? link.slice(link.lastIndexOf('/') + 1) : undefined;
  const id = device.trim();
  return [{ pci, id: `15b3:${id.replace('0x', '')}`, driver, recovery: recoveryIds.has(id) }];
}
