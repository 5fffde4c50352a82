import { finding } from '../model/catalogue.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { GuestSpec, LaneSpec } from '../model/host-spec.ts';
import type { GuestName, HostName, IfName, NetworkName } from '../model/names.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { agentOf } from '../operate/agent-of.ts';
import { type GuestNetdev, netdevsInVm } from '../operate/ask-guests.ts';
import type { MeasurePlace } from '../operate/measure-request.ts';
import type { Site } from '../operate/site.ts';
import { specOf } from '../operate/spec-of.ts';

/** One end of what is measured: a guest on one of its networks, or a host by its underlay. */
export interface Endpoint {
  readonly site: Site;
  readonly host: HostName;
  /** Absent for the host itself. */
  readonly guest?: GuestName;
  /** Absent for the underlay. */
  readonly network?: NetworkName;
  readonly place: MeasurePlace;
  /** Its name in that place. */
  readonly netdev: IfName;
  readonly mac: string;
  /** Without prefix lengths, IPv4 first. */
  readonly addresses: readonly string[];
  /** Bytes. */
  readonly mtu: number;
  /** Every NIC of a VM by the name that its kernel gave it, which no file knows. */
  readonly nics?: readonly Pick<GuestNetdev, 'name' | 'mac'>[];
}

export interface Found {
  readonly endpoints: readonly Endpoint[];
  /** Guests that cannot be measured from, each with the reason. */
  readonly findings: readonly Finding[];
}

/** `web/storage`; `host:alpha` for the host itself. */
export function nameOf({ guest, network, host }: Endpoint): string {
  return guest === undefined ? `host:${host}` : `${guest}/${network}`;
}

/** Every guest of a host that can be measured from inside, on each of its networks, as it is now. */
export async function endpointsAt(site: Site, fabric: Fabric, host: FabricHost): Promise<Found> {
  const spec = await specOf(site, fabric, host);
  const lanes = (spec?.guests ?? []).flatMap((guest) => guest.lanes.map((lane) => ({ guest, lane })));
  const found = await Promise.all(lanes.map(({ guest, lane }) => endpointOf(site, host.name, guest, lane)));
  return {
    endpoints: found.flatMap((one) => ('code' in one ? [] : [one])),
    findings: found.flatMap((one) => ('code' in one ? [one] : [])),
  };
}

async function endpointOf(
  site: Site,
  host: HostName,
  guest: GuestSpec,
  lane: LaneSpec,
): Promise<Endpoint | Finding> {
  const where = { host, at: `${guest.name}/${lane.network}` };
  if (guest.machine !== undefined) return endpointInVm(site, where, guest, lane);
  const place = placeOf(guest);
  if (place === undefined) return noWayIn(where, guest);
  const seen = await lookAt(site, place, lane.bond);
  if (isUnseen(seen)) {
    const message = `${host}: ${guest.name} has no ${lane.bond}: ${seen.unseen}`;
    return finding(
      'VF6004',
      where,
      message,
      'Apply the file first: `vflane apply`; then look: `vflane verify`.',
    );
  }
  return { site, host, guest: guest.name, network: lane.network, place, netdev: lane.bond, ...seen };
}

/** A host by the address that its tunnels leave from. */
export async function hostEndpoint(
  site: Site,
  fabric: Fabric,
  host: FabricHost,
): Promise<Endpoint | Finding> {
  const address = (await specOf(site, fabric, host))?.overlay?.local;
  if (address === undefined) return noUnderlay(host.name, `the datapath ${host.datapath} has no underlay`);
  const seen = await linkOf(site, address);
  if (isUnseen(seen)) return noUnderlay(host.name, seen.unseen);
  return { site, host: host.name, place: { in: 'host' }, ...seen };
}

function noUnderlay(host: HostName, why: string): Finding {
  const hint = 'Apply the file first: `vflane apply`; in legacy mode measure between guests.';
  return finding('VF6059', { host }, `${host} cannot be measured from as a host: ${why}`, hint);
}

/** By what the agent in it says. That includes no MTU, so the file's is assumed. */
async function endpointInVm(
  site: Site,
  where: { readonly host: HostName; readonly at: string },
  guest: GuestSpec,
  lane: LaneSpec,
): Promise<Endpoint | Finding> {
  const { host } = where;
  const isLibvirt = guest.machine?.manager === 'libvirt';
  const seen = await lookInVm(site, agentOf(guest.name, guest.machine?.manager), lane);
  if (!isUnseen(seen)) {
    const place = { in: 'vm', guest: guest.name, ...(isLibvirt && { manager: 'libvirt' as const }) } as const;
    return { site, host, guest: guest.name, network: lane.network, place, mtu: lane.mtu, ...seen };
  }
  const message = `${host}: nothing is measured from inside the VM ${guest.name}: ${seen.unseen}`;
  const hint = 'Does it run? vflane vm list. In the VM: apt-get install qemu-guest-agent.';
  return finding('VF6003', where, message, hint);
}

async function lookInVm(
  { reader }: Site,
  agent: string,
  lane: LaneSpec,
): Promise<Seen<Pick<Endpoint, 'mac' | 'addresses' | 'netdev' | 'nics'>>> {
  const netdevs = await netdevsInVm(reader, agent);
  if (isUnseen(netdevs)) return netdevs;
  const macs = lane.tap ? [lane.tap.mac] : lane.members.map(({ mac }) => mac);
  const own = netdevs.filter(({ mac }) => macs.some((one) => one === mac));
  // A bond has the MAC of one of its members, and the addresses.
  const found =
    own.find(({ name }) => name === lane.bond) ?? own.find(({ addresses }) => addresses.length > 0);
  if (found === undefined) return { unseen: `no NIC of the network ${lane.network} has an address in it` };
  const { name, mac, addresses } = found;
  const global = addresses.map((cidr) => cidr.replace(/\/.*/, '')).filter((one) => !/^fe80:/i.test(one));
  const isV6 = (one: string): boolean => one.includes(':');
  const ordered = [...global.filter((one) => !isV6(one)), ...global.filter(isV6)];
  return { netdev: name as IfName, mac, addresses: ordered, nics: netdevs };
}

function placeOf({ kind, name }: GuestSpec): MeasurePlace | undefined {
  if (kind === 'netns') return { in: 'netns', guest: name };
  return kind === 'host' ? { in: 'host' } : undefined;
}

function noWayIn(where: { readonly host: HostName; readonly at: string }, { name }: GuestSpec): Finding {
  return finding(
    'VF6003',
    where,
    `${where.host}: ${name} is a VM of somebody else’s: nothing is measured from inside it`,
    'Measure between guests that are namespaces on the same network, or between hosts: vflane bench --from host:NAME.',
  );
}

interface LinkJson {
  readonly ifname?: string;
  readonly address?: string;
  readonly mtu?: number;
  readonly addr_info?: readonly {
    readonly local?: string;
    readonly scope?: string;
    readonly family?: string;
  }[];
}

type Look = Pick<Endpoint, 'mac' | 'mtu' | 'addresses'>;

/** As it is now, because what a lease or the guest itself has set is in no file. */
async function lookAt({ reader }: Site, place: MeasurePlace, netdev: IfName): Promise<Seen<Look>> {
  const inside = place.in === 'netns' ? ['-n', place.guest] : [];
  try {
    const { stdout } = await reader.query(['ip', ...inside, '-j', 'addr', 'show', 'dev', netdev]);
    const [link = {}] = JSON.parse(stdout) as readonly LinkJson[];
    return { mac: link.address ?? '', mtu: link.mtu ?? 0, addresses: addressesOf(link) };
  } catch (error) {
    return { unseen: error instanceof Error ? error.message : String(error) };
  }
}

/** The host's own netdev that has this address, with no other address: a host has others that its peers do not know. */
async function linkOf({ reader }: Site, address: string): Promise<Seen<Look & Pick<Endpoint, 'netdev'>>> {
  try {
    const { stdout } = await reader.query(['ip', '-j', 'addr', 'show']);
    const links = JSON.parse(stdout) as readonly LinkJson[];
    const link = links.find(({ addr_info = [] }) => addr_info.some(({ local }) => local === address));
    if (link?.ifname === undefined) return { unseen: `no netdev has the address ${address}` };
    const { ifname, address: mac = '', mtu = 0 } = link;
    return { netdev: ifname as IfName, mac, mtu, addresses: [address] };
  } catch (error) {
    return { unseen: error instanceof Error ? error.message : String(error) };
  }
}

function addressesOf({ addr_info = [] }: LinkJson): readonly string[] {
  const global = addr_info.filter(({ scope }) => scope === 'global');
  const ofFamily = (wanted: string) =>
    global.flatMap(({ family, local }) => (family === wanted && local !== undefined ? [local] : []));
  return [...ofFamily('inet'), ...ofFamily('inet6')];
}
