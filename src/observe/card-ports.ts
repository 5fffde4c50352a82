import type { HostReader } from '../host/host.ts';
import { isUnseen, type Seen } from '../model/host-state.ts';
import { asPciAddress, type PciAddress } from '../model/names.ts';
import { seen, seenOr } from './look.ts';

const devices = '/sys/bus/pci/devices';
/** NVIDIA's, once Mellanox's. */
const vendor = '0x15b3';

/** PFs of all cards of NVIDIA's, in order: those without SR-IOV, without a driver and in recovery too. */
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
