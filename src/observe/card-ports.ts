import type { HostReader } from '../host/host.ts';
import { asPciAddress, type PciAddress } from '../model/names.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { seen, seenOr } from './look.ts';

const devices = '/sys/bus/pci/devices';
/** NVIDIA's vendor id, once Mellanox's. */
const vendor = '0x15b3';

/** The PFs of all NVIDIA cards, in order, including those without SR-IOV, without a driver, or in recovery. */
export function nvidiaPfs(reader: HostReader): Promise<Seen<readonly PciAddress[]>> {
  return seen(async () => {
    const functions = (await reader.listDir(devices)).flatMap((name) => asPciAddress(name) ?? []);
    const ours = await Promise.all(functions.map((pci) => isPfOfNvidia(reader, pci)));
    return functions.filter((_, place) => ours[place]);
  });
}

async function isPfOfNvidia(reader: HostReader, pci: PciAddress): Promise<boolean> {
  const made = await seenOr(() => reader.readFile(`${devices}/${pci}/vendor`));
  if (typeof made !== 'string' || made.trim() !== vendor) return false;
  const behind = await seenOr(() => reader.readLink(`${devices}/${pci}/physfn`));
  return behind === undefined || isUnseen(behind);
}
