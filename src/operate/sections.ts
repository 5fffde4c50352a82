import type { Fabric, FabricHost, Guest } from '../model/fabric.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { Ledger } from '../model/ledger.ts';
import { asPciAddress, type PciAddress } from '../model/names.ts';
import type { Change } from '../model/plan.ts';
import type { Sections } from '../observe/observe.ts';
import { bootFile } from '../resource/boot-file.ts';
import { copiedLanes } from '../resource/guest-checksum.ts';
import { hostBond } from '../resource/host-bond.ts';
import { machinesIn } from '../resource/machine-text.ts';
import { memberIpv6, membersOf } from '../resource/member-ipv6.ts';
import { systemPackage } from '../resource/package.ts';
import { machinesFor, machinesOf, pfsOfMachines } from './machine-sections.ts';

type AllSections = Required<Omit<Sections, 'machines'>> & Pick<Sections, 'machines'>;

/** What has to be looked at to compare a host with its part of the file, as `spec` has it, and with what vflane put there. */
export function sectionsFor(
  fabric: Fabric | undefined,
  host: FabricHost | undefined,
  ledger: Ledger,
  spec?: HostSpec,
): AllSections {
  const given = spec === undefined ? [] : machinesIn(spec).flatMap(({ machine }) => machine.pci);
  const functions = host?.underlay?.functions ?? [];
  const pfs = host?.nic.kind === 'pfs' ? host.nic.pfs : [];
  const inside = (host?.guests ?? []).filter((guest) => guest.kind === 'netns');
  const routed = inside.filter((guest) => hasGateway(fabric, guest));
  const left = sectionsOf([...ledger.entries.values()]);
  return {
    ...left,
    pfs: unique([...pfs, ...left.pfs]),
    functions: unique([...functions, ...given, ...left.functions]),
    namespaces: unique([...inside.map(({ name }) => name), ...left.namespaces]),
    routes: unique([...routed.map(({ name }) => name), ...left.routes]),
    overlay: left.overlay || (host !== undefined && host.datapath !== 'legacy-vlan'),
    hostRoutes: left.hostRoutes || (host?.underlay?.routes.length ?? 0) > 0,
    dpdk: host?.datapath === 'ovs-dpdk' && (host.nic.kind === 'pfs' || functions.length > 0),
    tenantPorts: unique([
      ...(spec?.overlay?.tenantPorts ?? []),
      ...membersOf(spec?.underlay),
      ...left.tenantPorts,
    ]),
    guard: true,
    boot: left.boot || spec?.boot !== undefined,
    checksums: unique([...(spec ? copiedLanes(spec) : []), ...left.checksums]),
    ...machinesFor(spec, left),
  };
}

/** A route costs two more processes per namespace: they are spent only if one is wanted. */
function hasGateway(fabric: Fabric | undefined, guest: Guest): boolean {
  const gated = new Set(fabric?.networks.filter((net) => net.gateways.length > 0).map((net) => net.name));
  return guest.attachments.some((attachment) => gated.has(attachment.network));
}

type AnyPlace = Pick<Change, 'resource' | 'at'>;

/** What has to be looked at to see these places again, and the VFs that their values name. */
export function sectionsOf(places: readonly Pick<Change, 'resource' | 'at'>[]): AllSections {
  const has = (kinds: ReadonlySet<string>) => places.some(({ resource }) => kinds.has(resource));
  const atOf = (kinds: ReadonlySet<string>) =>
    unique(places.flatMap(({ resource, at }) => (kinds.has(resource) ? [at] : [])));
  const headsOf = (kinds: ReadonlySet<string>) => unique(atOf(kinds).map(headOf));
  return {
    pfs: unique([...pfsIn(places), ...pfsOfMachines(places)]),
    functions: atOf(functionKinds).flatMap((at) => asPciAddress(at) ?? []),
    namespaces: headsOf(guestKinds).filter((head) => head !== ''),
    routes: headsOf(new Set(['guest-route'])),
    overlay: has(overlayKinds),
    hostRoutes: has(new Set(['underlay-route'])),
    dpdk: false,
    tenantPorts: atOf(ipv6Kinds),
    hugepages: atOf(hugepageKinds),
    packages: atOf(new Set([systemPackage.kind])),
    bootFiles: atOf(new Set([bootFile.kind])),
    firmware: headsOf(firmwareKinds).flatMap((head) => asPciAddress(head) ?? []),
    guard: has(new Set(['underlay-guard'])),
    bridges: atOf(bridgeKinds),
    boot: has(bootKinds),
    checksums: atOf(checksumKinds),
    ...machinesOf(places),
  };
}

/** The PFs that these places, or their values, name. */
function pfsIn(places: readonly AnyPlace[]): readonly PciAddress[] {
  const named = places.filter(({ resource }) => !functionKinds.has(resource)).flatMap(namesIn);
  return [...new Set(named.map(headOf))].flatMap((head) => asPciAddress(head) ?? []);
}

/** What a place's values name: a bond's value contains its members. */
function namesIn(place: AnyPlace): readonly unknown[] {
  const values = Object.values(place);
  return place.resource === hostBond.kind ? values.flatMap(textsIn) : values;
}

function textsIn(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [value];
  return Object.values(value).flatMap(textsIn);
}

function headOf(text: unknown): string {
  return typeof text === 'string' ? (text.split('/')[0] ?? '') : '';
}

/** Resources whose `at` is a PCI function that leaves the kernel whole. */
const functionKinds: ReadonlySet<string> = new Set(['port-driver', 'pci-driver']);

/** Resources whose `at` is a netdev that has IPv6 or not. */
const ipv6Kinds: ReadonlySet<string> = new Set(['port-ipv6', memberIpv6.kind]);

/** Resources whose `at` is a lane that fills in checksums or not. */
const checksumKinds: ReadonlySet<string> = new Set(['guest-checksum']);

/** Resources whose `at` is a place where pages are counted. */
const hugepageKinds: ReadonlySet<string> = new Set(['hugepages']);

/** Resources whose `at` begins with a card's first PF. */
const firmwareKinds: ReadonlySet<string> = new Set(['firmware-setting', 'firmware-image']);

/** Resources whose `at` is a bridge that has flows. */
const bridgeKinds: ReadonlySet<string> = new Set(['flows']);

/** Resources that only overlays have. */
const overlayKinds: ReadonlySet<string> = new Set([
  ...['underlay-bridge', 'underlay-link', 'underlay-route', 'vlan-link'],
  ...['hugepages', 'rdma-name', 'port-driver', 'polling-core', 'tap-port'],
  ...['eswitch', 'channels', 'host-bond', 'lag', 'representor', 'underlay-address'],
  ...[...ipv6Kinds, ...checksumKinds, 'representor-ipv6', 'bridge-local'],
  ...['ovs-setting', 'bridge', 'bridge-port', 'flows', 'kept-flows', 'ovs-start-hook', 'underlay-guard'],
]);

/** Resources of a host that brings itself back after a start. */
export const bootKinds: ReadonlySet<string> = new Set([
  ...['boot-unit', 'boot-document', 'boot-program', 'boot-snapshot', 'ovs-gate', 'keep-off'],
]);

/** Resources whose `at` begins with a namespace; '' for the host's own. */
const guestKinds: ReadonlySet<string> = new Set([
  'netns',
  'netns-loopback',
  'netns-vf',
  'guest-veth',
  'guest-checksum',
  'guest-link',
  'guest-bond',
  'guest-address',
  'guest-route',
]);

function unique<Item>(items: readonly Item[]): readonly Item[] {
  return [...new Set(items)];
}
