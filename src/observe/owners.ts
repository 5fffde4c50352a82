import type { HostReader } from '../host/host.ts';
import type { Owner } from '../model/survey.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { seen, seenOr } from './look.ts';

/** Who else sets up these netdevs, by the files that each of them writes: no process. */
export function observeOwners(
  reader: HostReader,
  netdevs: readonly string[],
): Promise<Seen<readonly Owner[]>> {
  return seen(async () => {
    const found = await Promise.all([
      byIndex(reader, netdevs, networkManager),
      byIndex(reader, netdevs, networkd),
      byText(reader, netdevs, 'netplan', await filesIn(reader, ['/etc/netplan', '/run/netplan'], /\.yaml$/)),
      byText(reader, netdevs, 'ifupdown', [
        '/etc/network/interfaces',
        ...(await filesIn(reader, ['/etc/network/interfaces.d'], /^[\w.-]+$/)),
      ]),
    ]);
    return found.flat();
  });
}

/** A network service that keeps a file for each netdev, by its ifindex. */
interface Manager {
  readonly by: Owner['by'];
  readonly folder: string;
  readonly says: (text: string) => string | undefined;
}

const networkManager: Manager = {
  by: 'NetworkManager',
  folder: '/run/NetworkManager/devices',
  says: parseNetworkManager,
};

const networkd: Manager = {
  by: 'systemd-networkd',
  folder: '/run/systemd/netif/links',
  says: parseNetworkd,
};

/** A key file: `managed=true` if NetworkManager has it (src/core/nm-config.c). */
export function parseNetworkManager(text: string): string | undefined {
  return /^managed=true$/m.exec(text)?.[0];
}

/** An env file: in any state but `unmanaged`, networkd has it (src/libsystemd/sd-network). */
export function parseNetworkd(text: string): string | undefined {
  const state = /^ADMIN_STATE=(?!unmanaged$)\w+$/m.exec(text)?.[0];
  const file = /^NETWORK_FILE=.+$/m.exec(text)?.[0];
  return state === undefined ? undefined : [state, file].filter((part) => part !== undefined).join(', ');
}

async function byIndex(
  reader: HostReader,
  netdevs: readonly string[],
  { by, folder, says }: Manager,
): Promise<readonly Owner[]> {
  const present = await seenOr(() => reader.listDir(folder));
  if (present === undefined) return [];
  if (isUnseen(present)) throw new TypeError(present.unseen);
  const looks = netdevs.map(async (netdev): Promise<readonly Owner[]> => {
    const index = await seenOr(() => reader.readFile(`/sys/class/net/${netdev}/ifindex`));
    const name = typeof index === 'string' ? index.trim() : '';
    if (!present.includes(name)) return [];
    const text = await reader.readFile(`${folder}/${name}`);
    const said = says(text);
    return said === undefined ? [] : [{ by, netdev, path: `${folder}/${name}`, says: said }];
  });
  return (await Promise.all(looks)).flat();
}

async function filesIn(
  reader: HostReader,
  folders: readonly string[],
  names: RegExp,
): Promise<readonly string[]> {
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const entries = await seenOr(() => reader.listDir(folder));
      if (isUnseen(entries)) throw new TypeError(entries.unseen);
      return (entries ?? []).filter((name) => names.test(name)).map((name) => `${folder}/${name}`);
    }),
  );
  return lists.flat();
}

async function byText(
  reader: HostReader,
  netdevs: readonly string[],
  by: 'netplan' | 'ifupdown',
  paths: readonly string[],
): Promise<readonly Owner[]> {
  const looks = paths.map(async (path): Promise<readonly Owner[]> => {
    const text = await seenOr(() => reader.readFile(path));
    if (isUnseen(text)) throw new TypeError(text.unseen);
    const find = by === 'netplan' ? parseNetplan : parseIfupdown;
    return text === undefined ? [] : find(text, netdevs).map((found) => ({ by, path, ...found }));
  });
  return (await Promise.all(looks)).flat();
}

/** A netdev as a key of its own, as in every netplan definition (netplan(5)); comments do not count. */
export function parseNetplan(
  text: string,
  netdevs: readonly string[],
): readonly Pick<Owner, 'netdev' | 'says'>[] {
  const keys = [...text.matchAll(/^[ \t]+["']?([\w.-]+)["']?:/gm)].map((match) => match[1]);
  return netdevs.filter((netdev) => keys.includes(netdev)).map((netdev) => ({ netdev, says: `${netdev}:` }));
}

/** `auto`, `allow-hotplug` and `iface` lines; `manual` leaves a netdev to others (interfaces(5)). */
export function parseIfupdown(
  text: string,
  netdevs: readonly string[],
): readonly Pick<Owner, 'netdev' | 'says'>[] {
  return text.split('\n').flatMap((line) => {
    const [word = '', name = '', , method] = line.trim().split(/\s+/);
    if (word !== 'iface' || method === 'manual' || !netdevs.includes(name)) return [];
    return [{ netdev: name, says: line.trim() }];
  });
}
