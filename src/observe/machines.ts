import type { HostReader } from '../host/host.ts';
import { guestPaths, guestTemplate } from '../model/guest-paths.ts';
import type { PfState } from '../model/host-state.ts';
import type { MachineState, MachinesState, UnitState } from '../model/machine-state.ts';
import type { PciAddress } from '../model/names.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { observeBlockUse } from './block-use.ts';
import { observeGuestUnits } from './guest-units.ts';
import { observeDomain } from './libvirt.ts';
import { seen, seenOr } from './look.ts';
import { freeOfHost, totalOfHost } from './memory.ts';
import { isThere } from './program.ts';
import { observeImage } from './qemu-img.ts';
import { besidesOf } from './sysfs-pf.ts';

/** What to look at for a host's VMs. */
export interface MachinesAsked {
  readonly guests: readonly string[];
  /** Guests that libvirt runs. */
  readonly domains: readonly string[];
  /** Absolute paths on the host. */
  readonly images: readonly string[];
  readonly userData: readonly string[];
  readonly programs: readonly string[];
  /** Their VFs, `0000:03:00.0/3`. */
  readonly vfs?: readonly string[];
  /** Whether some of them are backed by hugepages. */
  readonly hugepages?: boolean;
  /** PCI functions for which it matters how the host uses the disks behind them. */
  readonly disksBehind?: readonly string[];
}

/** One process for all units, one for each disk and image; the rest are files. */
export async function observeMachines(
  reader: HostReader,
  asked: MachinesAsked,
  pfs: readonly PfState[],
): Promise<MachinesState> {
  const [unitOf, template, power, programs, images, userData, blockUse, besides, memory] = await Promise.all([
    observeGuestUnits(reader, asked.guests),
    textAt(reader, guestTemplate.path),
    textAt(reader, guestTemplate.power),
    seen(() => byKey(asked.programs, (path) => isThere(reader, path))),
    byKey(asked.images, (path) => observeImage(reader, path, { shared: false })),
    byKey(asked.userData, (path) => textAt(reader, path)),
    byKey(asked.disksBehind ?? [], (pci) => observeBlockUse(reader, pci)),
    byKey(vfsAmong(pfs, asked.vfs ?? []), (pci) => besidesOf(reader, pci as PciAddress)),
    observeTotals(reader),
  ]);
  const guests = await byKey(asked.guests, (name) => observeMachine(reader, name, unitOf(name), asked));
  return { template, power, programs, images, userData, blockUse, besides, guests, memory };
}

async function observeMachine(
  reader: HostReader,
  name: string,
  unit: Seen<UnitState>,
  { domains }: MachinesAsked,
): Promise<MachineState> {
  const paths = guestPaths(name);
  const [autostart, dropIn, entries] = await Promise.all([
    seen(async () => ((await isThere(reader, paths.wantedBy)) ? (true as const) : null)),
    textAt(reader, paths.dropIn),
    seenOr(() => reader.listDir(paths.folder)),
  ]);
  const has = (path: string) =>
    isUnseen(entries) ? entries : (entries ?? []).includes(path.slice(path.lastIndexOf('/') + 1));
  const [hasDisk, hasSeed, hasTexts] = [has(paths.disk), has(paths.seed), has(paths.seedFolder)];
  const [disk, seed, domain] = await Promise.all([
    hasDisk === true
      ? observeImage(reader, paths.disk, { shared: true })
      : isUnseen(hasDisk)
        ? hasDisk
        : null,
    isUnseen(hasSeed) ? hasSeed : hasSeed || hasTexts ? observeSeed(reader, paths.seedFolder, hasSeed) : null,
    domains.includes(name) ? observeDomain(reader, name) : undefined,
  ]);
  return { autostart, dropIn, unit, disk, seed, ...(domain === undefined ? {} : { domain }) };
}

/** Texts without their volume, or only half of them, still count: they may hold passwords. */
async function observeSeed(
  reader: HostReader,
  folder: string,
  isMade: boolean,
): Promise<MachineState['seed']> {
  const names = await seenOr(() => reader.listDir(folder));
  if (names === undefined || (!isMade && !isUnseen(names) && names.length === 0)) return null;
  if (isUnseen(names)) return names;
  return seen(async () => {
    const texts = await Promise.all(names.map((name) => reader.readFile(`${folder}/${name}`)));
    const made = Object.fromEntries(names.map((name, place) => [name, texts[place] ?? '']));
    return isMade ? made : { ...made, volume: 'not there' };
  });
}

/** The addresses of those of these VFs that exist. */
function vfsAmong(pfs: readonly PfState[], places: readonly string[]): readonly string[] {
  const asked = new Set(places);
  return pfs.flatMap(({ pci, vfs }) =>
    vfs.filter(({ index }) => asked.has(`${pci}/${index}`)).map((vf) => vf.pci),
  );
}

function observeTotals(reader: HostReader): Promise<MachinesState['memory']> {
  return seen(async () => {
    const text = await reader.readFile('/proc/meminfo');
    return { totalMiB: totalOfHost(text), freeMiB: freeOfHost(text) };
  });
}

async function textAt(reader: HostReader, path: string): Promise<Seen<string | null>> {
  return (await seenOr(() => reader.readFile(path))) ?? null;
}

async function byKey<Value>(
  keys: readonly string[],
  look: (key: string) => Promise<Value>,
): Promise<{ readonly [key: string]: Value }> {
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await look(key)] as const)));
}
