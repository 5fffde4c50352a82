import type { Endpoint } from './endpoint.ts';
import { nameOf } from './endpoint.ts';
import { arithmeticText, tunnelOverhead } from './overlay-arithmetic.ts';
import { addressesBetween } from './pair.ts';
import { type PathMtu, pathMtu } from './path-mtu.ts';
import type { StationHost } from './stations.ts';

/** What a network carries between two guests, and what it should, in bytes of IP packet. */
export interface MtuPair {
  readonly network: string;
  readonly between: readonly [string, string];
  /** The network's MTU, by the file. */
  readonly wanted: number;
  readonly path: PathMtu;
  /** If networks are tunnels, and the two guests are on two hosts. */
  readonly underlay?: {
    readonly between: readonly [string, string];
    readonly needed: number;
    readonly arithmetic: string;
    readonly path: PathMtu;
  };
  /** If the path is too narrow: what makes it so. */
  readonly short: readonly string[];
}

/** The path between two guests, and, if it is too narrow, the hops below it. */
export async function measureMtu(
  ends: readonly [Endpoint, Endpoint],
  wanted: number,
  hosts: ReadonlyMap<string, StationHost>,
): Promise<MtuPair | undefined> {
  const addresses = addressesBetween(...ends);
  if (addresses === undefined) return undefined;
  const [from, to] = ends;
  const path = await pathMtu({ site: from.site, place: from.place }, addresses[1], wanted);
  const below = from.host === to.host ? undefined : await underlayOf(ends, wanted, hosts);
  const isShort = path.kind === 'silent' || path.bytes < wanted;
  return {
    network: from.network ?? '',
    between: [nameOf(from), nameOf(to)],
    wanted,
    path,
    ...(below && { underlay: below }),
    short: isShort ? await shortHops(ends, wanted, hosts, below) : [],
  };
}

async function underlayOf(
  [from, to]: readonly [Endpoint, Endpoint],
  wanted: number,
  hosts: ReadonlyMap<string, StationHost>,
): Promise<MtuPair['underlay']> {
  const [here, there] = [hosts.get(from.host)?.spec.overlay, hosts.get(to.host)?.spec.overlay];
  if (here === undefined || there === undefined) return undefined;
  const needed = wanted + tunnelOverhead(there.local);
  const path = await pathMtu({ site: from.site, place: { in: 'host' } }, there.local, needed);
  return { between: [from.host, to.host], needed, arithmetic: arithmeticText(wanted, there.local), path };
}

/** The netdevs at both ends that carry less than they have to; if there are none, the culprit is in between. */
async function shortHops(
  ends: readonly [Endpoint, Endpoint],
  wanted: number,
  hosts: ReadonlyMap<string, StationHost>,
  below: MtuPair['underlay'],
): Promise<readonly string[]> {
  const inside = ends
    .filter(({ mtu }) => mtu < wanted)
    .map((end) => `${end.netdev} in ${nameOf(end)} has MTU ${end.mtu}, ${wanted} is wanted`);
  const names = [...new Set(ends.map(({ host }) => host))];
  const own = await Promise.all(names.map((name) => hopsAt(hosts.get(name), wanted, below?.needed)));
  const local = [...inside, ...own.flat()];
  if (local.length > 0) return local;
  if (below?.path.kind === 'carries' && !below.path.whole) {
    return [
      `what joins ${below.between.join(' and ')} carries ${below.path.bytes} bytes, ${below.needed} are needed: a switch or a router between them`,
    ];
  }
  return below?.path.kind === 'silent'
    ? [`${below.between.join(' and ')} do not answer each other on the underlay: ${below.path.why}`]
    : [`both ends have room; what is between ${names.join(' and ')} does not: a switch`];
}

async function hopsAt(
  host: StationHost | undefined,
  wanted: number,
  needed: number | undefined,
): Promise<readonly string[]> {
  if (host === undefined) return [];
  const { stdout } = await host.site.reader.query(['ip', '-j', 'link', 'show']);
  const links = JSON.parse(stdout) as readonly {
    readonly ifname?: string;
    readonly mtu?: number;
    readonly operstate?: string;
  }[];
  const asked = hopNames(host, wanted, needed);
  return links.flatMap(({ ifname = '', mtu = 0 }) => {
    const least = asked.get(ifname);
    return least === undefined || mtu >= least
      ? []
      : [`${ifname} of ${host.host.name} has MTU ${mtu}, ${least} is needed`];
  });
}

function hopNames(
  { spec }: StationHost,
  wanted: number,
  needed: number | undefined,
): ReadonlyMap<string, number> {
  const { overlay, underlay } = spec;
  const below = [...(underlay?.ports ?? []), underlay?.netdev, underlay?.bond?.name].flatMap(
    (name) => name ?? [],
  );
  const ports = (overlay?.bridges ?? [])
    .flatMap(({ guestPorts }) => guestPorts)
    .filter(({ mtu }) => mtu >= wanted);
  return new Map([
    ...ports.map(({ port }) => [port, wanted] as const),
    ...(needed === undefined ? [] : below.map((name) => [name, needed] as const)),
  ]);
}
