import type { HostReader } from '../host/host.ts';
import type { HostState, LinkState } from '../model/host-state.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { seen, seenOr } from './look.ts';

const folder = '/proc/sys/net/ipv6/conf';

/** The representors of VFs, by name (facts §2.4). */
export function representorsIn(links: readonly LinkState[]): readonly string[] {
  return links
    .filter(({ physPortName }) => /^(c\d+)?pf\d+vf\d+$/.test(physPortName ?? ''))
    .map(({ name }) => name);
}

/** Whether these netdevs have IPv6: a file for each that exists. */
export async function observeIpv6(
  reader: HostReader,
  netdevs: readonly string[],
): Promise<NonNullable<HostState['ipv6']> | null> {
  const present = await seenOr(() => reader.listDir(folder));
  if (present === undefined) return null;
  if (isUnseen(present)) return present;
  const there = new Set(present);
  const look = async (name: string) =>
    [
      name,
      await seenOr(async () => (await reader.readFile(`${folder}/${name}/disable_ipv6`)).trim()),
    ] as const;
  const looks = await Promise.all(netdevs.filter((name) => there.has(name)).map(look));
  return Object.fromEntries(
    // One that has just disappeared counts as missing.
    looks.flatMap(([name, text]) =>
      text === undefined ? [] : [[name, isUnseen(text) ? text : text === '0'] as const],
    ),
  );
}

/** Whether these lanes (`web/storage`) leave checksums to their NIC: a process for each that exists. */
export async function observeChecksums(
  reader: HostReader,
  lanes: readonly string[],
  { links, namespaces }: Pick<HostState, 'links' | 'namespaces'>,
): Promise<NonNullable<HostState['checksums']>> {
  const look = async (lane: string): Promise<readonly (readonly [string, Seen<boolean>])[]> => {
    const slash = lane.indexOf('/');
    const [namespace, name] = [lane.slice(0, slash), lane.slice(slash + 1)];
    const there = namespace === '' ? links : namespaces[namespace];
    if (isUnseen(there)) return [[lane, there]];
    if (!there?.some((link) => link.name === name)) return [];
    const inside = namespace === '' ? [] : ['ip', 'netns', 'exec', namespace];
    const query = [...inside, 'ethtool', '--json', '-k', name];
    return [[lane, await seen(async () => parseTxChecksum((await reader.query(query)).stdout))]];
  };
  return Object.fromEntries((await Promise.all(lanes.map(look))).flat());
}

/**
 * Parses `ethtool --json -k NETDEV` (ethtool 6.1 to 6.15, features.c).
 * @throws SyntaxError, TypeError on any other text.
 */
export function parseTxChecksum(stdout: string): boolean {
  const parsed: unknown = JSON.parse(stdout);
  const [features] = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [];
  const active = field(field(features, 'tx-checksumming'), 'active');
  if (typeof active !== 'boolean') throw new TypeError('ethtool printed no tx-checksumming');
  return active;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as { readonly [key: string]: unknown })[key]
    : undefined;
}
