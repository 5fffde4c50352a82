import type { HostReader } from '../host/host.ts';
import { asPciAddress, type PciAddress } from '../model/names.ts';
import type { LinkWidth, Slot, VfWindow } from '../model/survey.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { seen, seenOr } from './look.ts';

const devices = '/sys/bus/pci/devices';

/** PCI address of the port that a function sits behind: the folder above its own (Documentation/ABI/testing/sysfs-bus-pci). */
export async function portAbove(reader: HostReader, pci: PciAddress): Promise<string | undefined> {
  const target = await seenOr(() => reader.readLink(`${devices}/${pci}`));
  if (typeof target !== 'string') return undefined;
  const [, above] = target.split('/').reverse();
  return above === undefined ? undefined : asPciAddress(above);
}

export function observeSlot(
  reader: HostReader,
  pci: PciAddress,
  port: string | undefined,
): Promise<Seen<Slot>> {
  return seen(async () => {
    const now = await linkAt(reader, `${devices}/${pci}`, 'current');
    const card = await linkAt(reader, `${devices}/${pci}`, 'max');
    const above =
      port === undefined ? undefined : await seenOr(() => linkAt(reader, `${devices}/${port}`, 'max'));
    return { now, card, above: isUnseen(above) ? undefined : above, port };
  });
}

async function linkAt(reader: HostReader, folder: string, which: 'current' | 'max'): Promise<LinkWidth> {
  const [speed, lanes] = await Promise.all([
    reader.readFile(`${folder}/${which}_link_speed`),
    reader.readFile(`${folder}/${which}_link_width`),
  ]);
  return parseLink(speed, lanes);
}

/** `16.0 GT/s PCIe` and `8`; a port without a link says `Unknown` and 0 or 255 (drivers/pci/probe.c). @throws TypeError */
export function parseLink(speed: string, lanes: string): LinkWidth {
  const [rate, count] = [speed.trim(), Number(lanes.trim())];
  if (!/^\d+(\.\d+)? GT\/s/.test(rate) || !Number.isInteger(count) || count < 1 || count > 32)
    throw new TypeError(`no PCIe link: speed ${JSON.stringify(rate)}, width ${JSON.stringify(lanes.trim())}`);
  return { speed: rate, lanes: count };
}

/** The lines of `resource` with the windows for VFs, and those with the windows that a bridge forwards (drivers/pci/pci.h, include/linux/pci.h). */
const vfBars = { first: 7, count: 6 };
const bridgeWindows = { first: 13, count: 4 };
/** IORESOURCE_PREFETCH (include/linux/ioport.h). */
const prefetchable = 0x2000;

export function observeWindow(
  reader: HostReader,
  pci: PciAddress,
  port: string | undefined,
): Promise<Seen<VfWindow>> {
  return seen(async () => {
    const own = parseResource(await reader.readFile(`${devices}/${pci}/resource`));
    const over =
      port === undefined ? undefined : await seenOr(() => reader.readFile(`${devices}/${port}/resource`));
    const total = await seenOr(() => reader.readFile(`${devices}/${pci}/sriov_vf_total_msix`));
    const bytes = Math.max(0, ...part(own, vfBars).map(({ bytes: size }) => size));
    const above = typeof over === 'string' ? windowOf(parseResource(over)) : undefined;
    const msix = typeof total === 'string' && /^\d+$/.test(total.trim()) ? Number(total) : undefined;
    return { bytes, above, msix };
  });
}

function windowOf(resources: readonly Resource[]): number | undefined {
  const windows = part(resources, bridgeWindows).filter(({ flags }) => (flags & prefetchable) !== 0);
  return windows.length === 0 ? undefined : Math.max(...windows.map(({ bytes }) => bytes));
}

function part(all: readonly Resource[], { first, count }: typeof vfBars): readonly Resource[] {
  return all.slice(first, first + count);
}

interface Resource {
  readonly bytes: number;
  readonly flags: number;
}

/** A line each: start, end, flags; all zeros where there is none (drivers/pci/pci-sysfs.c, resource_show). @throws TypeError */
export function parseResource(text: string): readonly Resource[] {
  const lines = text.trim().split('\n');
  return lines.map((line) => {
    const [, start, end, flags] = /^(0x[0-9a-f]+) (0x[0-9a-f]+) (0x[0-9a-f]+)$/.exec(line.trim()) ?? [];
    if (start === undefined || end === undefined || flags === undefined)
      throw new TypeError(`no PCI resource: ${JSON.stringify(line.slice(0, 80))}`);
    const size = BigInt(end) - BigInt(start);
    return { bytes: size > 0n ? Number(size + 1n) : 0, flags: Number(BigInt(flags) & 0xffffffffn) };
  });
}
