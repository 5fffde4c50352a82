import type { HostReader } from '../host/host.ts';
import { bootPlaces } from '../model/boot.ts';
import type { BootState } from '../model/host-state.ts';
import type { Json } from '../model/json.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { seen, seenOr } from './look.ts';

/** Looks at what brings a host back after a reboot: files, and one process for the checksum of its copy of vflane. */
export async function observeBoot(reader: HostReader): Promise<BootState> {
  const text = async (path: string) => (await seenOr(() => reader.readFile(path))) ?? null;
  const link = await seenOr(() => reader.readLink(bootPlaces.unitLink));
  const { networkManager, networkd, networkdPorts, ifupdown, ifupdownHotplug } = bootPlaces;
  const keepOff = [networkManager, networkd, networkdPorts, ifupdown, ifupdownHotplug];
  return {
    unit: await text(bootPlaces.unitFile),
    enabled: isUnseen(link) ? link : link !== undefined,
    gate: await text(bootPlaces.gate),
    document: parsed(await text(bootPlaces.document)),
    ...(await kept(reader)),
    keepOff: Object.fromEntries(
      await Promise.all(keepOff.map(async (path) => [path, await text(path)] as const)),
    ),
    services: await servicesOf(reader),
    ifupdown: await seen(() => ifupdownNames(reader)),
  };
}

function parsed(text: Seen<string | null>): Seen<Json> {
  if (text === null || isUnseen(text)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // A value that differs from whatever is wanted.
    return text;
  }
}

/** The copy of vflane, by its checksum, and its snapshot, by what it was made of. */
async function kept(reader: HostReader): Promise<Pick<BootState, 'program' | 'snapshot'>> {
  const names = await seenOr(() => reader.listDir(bootPlaces.folder));
  if (names === undefined) return { program: null, snapshot: null };
  if (isUnseen(names)) return { program: names, snapshot: names };
  const has = (path: string) => names.includes(path.slice(bootPlaces.folder.length + 1));
  const made = has(bootPlaces.snapshot) && has(bootPlaces.snapshotOf);
  return {
    program: has(bootPlaces.program) ? await checksum(reader) : null,
    snapshot: made ? parsed(await seen(() => reader.readFile(bootPlaces.snapshotOf))) : null,
  };
}

function checksum(reader: HostReader): Promise<Seen<string>> {
  return seen(async () => {
    const { stdout } = await reader.query(['sha256sum', bootPlaces.program]);
    return stdout.slice(0, 64);
  });
}

/** NetworkManager's folder comes with its package; networkd is part of systemd, and counts if it is started. */
async function servicesOf(reader: HostReader): Promise<BootState['services']> {
  const [folder, networkd] = await Promise.all([
    seenOr(() => reader.listDir('/etc/NetworkManager')),
    seenOr(() => reader.readLink('/etc/systemd/system/multi-user.target.wants/systemd-networkd.service')),
  ]);
  return [
    ...(Array.isArray(folder) ? (['networkManager'] as const) : []),
    ...(typeof networkd === 'string' ? (['networkd'] as const) : []),
  ];
}

/** Names of `iface`, `auto` and `allow-…` lines of ifupdown's files (interfaces(5)). */
async function ifupdownNames(reader: HostReader): Promise<readonly string[]> {
  const folder = '/etc/network/interfaces.d';
  const more = await seenOr(() => reader.listDir(folder));
  const files = [
    '/etc/network/interfaces',
    ...(Array.isArray(more) ? more : []).map((name) => `${folder}/${name}`),
  ];
  const texts = await Promise.all(files.map((file) => seenOr(() => reader.readFile(file))));
  return [...new Set(texts.flatMap((text) => (typeof text === 'string' ? namesIn(text) : [])))];
}

export function namesIn(text: string): readonly string[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  return lines.flatMap((line) => {
    const [keyword = '', ...names] = line.trim().split(/\s+/);
    if (keyword === 'iface') return names.slice(0, 1);
    return keyword === 'auto' || keyword.startsWith('allow-') ? names : [];
  });
}
