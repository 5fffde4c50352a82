import type { Fabric, FabricHost, Network } from '../model/fabric.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { Site } from '../operate/site.ts';
import { type Endpoint, nameOf } from './endpoint.ts';
import type { Station } from './station.ts';

export interface StationHost {
  readonly site: Site;
  readonly host: FabricHost;
  readonly spec: HostSpec;
}

/** The most guests in a test: each attacks every other. */
const mostStations = 24;

/** One guest of each network on every host, and one more: preferably one that nothing is enforced on, because it attacks best. */
export async function stationsOf(
  fabric: Fabric,
  hosts: ReadonlyMap<string, StationHost>,
  endpoints: readonly Endpoint[],
): Promise<readonly Station[]> {
  const more = new Map(
    await Promise.all([...hosts.values()].map(async (one) => [one.host.name, await hostOf(one)] as const)),
  );
  const all = endpoints.flatMap((end) => {
    const host = hosts.get(end.host);
    const network = fabric.networks.find(({ name }) => name === end.network);
    if (host === undefined || network === undefined) return [];
    const held = heldTo(end, host.spec);
    const known = held.mac ? end : { ...end, addresses: orInvented(end, network) };
    const station = { end: known, id: network.id, name: nameOf(end), network: network.name, host: end.host };
    return [{ ...station, heldTo: held, ...more.get(end.host) }];
  });
  return chosenOf(all.filter(({ end }) => end.addresses.length > 0)).slice(0, mostStations);
}

/** A guest on which nothing is enforced can pose as anyone, even without an address of its own. */
function orInvented({ addresses }: Endpoint, { subnets }: Network): readonly string[] {
  if (addresses.length > 0) return addresses;
  const octets = subnets
    .find((subnet) => !subnet.includes(':'))
    ?.split('/')[0]
    ?.split('.') ?? ['192', '0', '2'];
  return [[...octets.slice(0, 3), '199'].join('.')];
}

function chosenOf(stations: readonly Station[]): readonly Station[] {
  const networks = [...new Set(stations.map(({ network }) => network))];
  return networks.flatMap((network) => {
    const ours = stations.filter((one) => one.network === network);
    const first = ours.filter((one, n) => ours.findIndex(({ host }) => host === one.host) === n);
    const rest = ours.filter((one) => !first.includes(one));
    const second = rest.find(({ heldTo: { mac } }) => !mac) ?? rest[0];
    return second === undefined ? first : [...first, second];
  });
}

/** On an overlay the bridge's flows decide what a guest may send; in legacy mode the card does, and it knows only MACs. */
function heldTo(end: Endpoint, { overlay, nics }: HostSpec): Station['heldTo'] {
  if (overlay !== undefined) {
    const ports = overlay.bridges.flatMap(({ guestPorts }) => guestPorts);
    const port = ports.find(({ guest, network }) => guest === end.guest && network === end.network);
    const held = port?.spoofchk === true;
    const isKnown = port !== undefined && port.addresses.length > 0 && !port.dhcp && port.dhcp6 !== true;
    return { mac: held, address: held && isKnown, roles: held };
  }
  const vfs = nics.flatMap(({ pfs }) => pfs.flatMap(({ vfs: ofPf }) => ofPf));
  const own = vfs.filter(({ owner }) => owner?.guest === end.guest && owner?.network === end.network);
  return { mac: own.length > 0 && own.every(({ spoofchk }) => spoofchk), address: false, roles: false };
}

async function hostOf({ site, host, spec }: StationHost): Promise<Pick<Station, 'tunnel' | 'knownLeak'>> {
  const leak = await knownLeakOf(site, host);
  const { overlay, underlay } = spec;
  if (overlay === undefined) return leak;
  const names = [
    ...overlay.bridges.map(({ name }) => name),
    ...overlay.tenantPorts,
    ...(underlay?.netdev ? [underlay.netdev] : []),
    ...(underlay?.ports ?? []),
  ];
  return { ...leak, tunnel: { local: overlay.local, peers: overlay.peers, macs: await macsOf(site, names) } };
}

async function macsOf({ reader }: Site, names: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await reader.query(['ip', '-j', 'link', 'show']);
  const links = JSON.parse(stdout) as readonly { readonly ifname?: string; readonly address?: string }[];
  const named = links.filter(({ ifname }) => ifname !== undefined && names.includes(ifname));
  return [...new Set(named.flatMap(({ address }) => (address ? [address] : [])))];
}

/** QEMU’s igb takes the setting and does nothing (docs/lab.md): Intel’s 82576 with Red Hat’s subsystem. */
async function knownLeakOf(
  { reader }: Site,
  { nic, datapath }: FabricHost,
): Promise<Pick<Station, 'knownLeak'>> {
  if (nic.kind !== 'pfs' || datapath !== 'legacy-vlan') return {};
  const at = `/sys/bus/pci/devices/${nic.pfs[0]}`;
  const [device, maker] = await Promise.all(
    [`${at}/device`, `${at}/subsystem_vendor`].map((path) => reader.readFile(path).catch(() => '')),
  );
  const isEmulated = device?.trim() === '0x10c9' && ['0x1af4', '0x8086'].includes(maker?.trim() ?? '');
  if (!isEmulated || (await isIron(reader))) return {};
  return { knownLeak: 'the card is QEMU’s igb, which takes spoofchk and does not enforce it (docs/lab.md)' };
}

async function isIron(reader: Site['reader']): Promise<boolean> {
  const maker = await reader.readFile('/sys/class/dmi/id/sys_vendor').catch(() => '');
  return maker.trim() !== 'QEMU';
}
