import type { Fabric, FabricHost, Guest } from '../model/fabric.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { Ledger } from '../model/ledger.ts';
import { asPciAddress } from '../model/names.ts';
import type { Change } from '../model/plan.ts';
import type { Sections } from '../observe/observe.ts';
import { bootFile } from '../resource/boot-file.ts';
import { copiedLanes } from '../resource/guest-checksum.ts';
import { hostBond } from '../resource/host-bond.ts';
import { machinesIn } from '../resource/machine-text.ts';
import { memberIpv6, membersOf } from '../resource/member-ipv6.ts';
import { systemPackage } from '../resource/package.ts';
import { machinesFor, machinesOf, pfsOfMachines } from './machine-sections.ts';

/** What has to be looked at to compare a host with its part of the file, as `spec` has it, and with what vflane put there. */
export function sectionsFor(
  fabric: Fabric | undefined,
  host: FabricHost | undefined,
  ledger: Ledger,
  spec?: HostSpec,
): Sections {
  const given = spec === undefined ? [] : machinesIn(spec).flatMap(({ machine }) => machine.pci);
  const taken = [...(host?.underlay?.functions ?? []), ...given];
  const asked = host?.nic.kind === 'pfs' ? host.nic.pfs : [];
  const named = (host?.guests ?? []).filter((guest) => guest.kind === 'netns').map((guest) => guest.name);
  const left = sectionsOf([...ledger.entries.values()]);
  const routed = (host?.guests ?? []).filter((guest) => guest.kind === 'netns' && hasGateway(fabric, guest));
  return {
    pfs: unique([...asked, ...left.pfs]),
    functions: unique([...taken, ...(left.functions ?? [])]),
    namespaces: unique([...named, ...left.namespaces]),
    routes: unique([...routed.map((guest) => guest.name), ...left.routes]),
    overlay: left.overlay || (host !== undefined && host.datapath !== 'legacy-vlan'),
    hostRoutes: left.hostRoutes || (host?.underlay?.routes.length ?? 0) > 0,
    dpdk:
      host?.datapath === 'ovs-dpdk' &&
      (host.nic.kind === 'pfs' || (host.underlay?.functions ?? []).length > 0),
    tenantPorts: unique([
      ...(spec?.overlay?.tenantPorts ?? []),
      ...membersOf(spec?.underlay),
      ...(left.tenantPorts ?? []),
    ]),
    hugepages: left.hugepages ?? [],
    packages: left.packages ?? [],
    bootFiles: left.bootFiles ?? [],
    firmware: left.firmware ?? [],
    guard: true,
    bridges: left.bridges ?? [],
    boot: left.boot === true || spec?.boot !== undefined,
    checksums: unique([...(spec ? copiedLanes(spec) : []), ...(left.checksums ?? [])]),
    ...machinesFor(spec, left),
  };
}

/** A route costs two more processes per namespace: they are spent only if one is wanted. */
function hasGateway(fabric: Fabric | undefined, guest: Guest): boolean {
  const gated = new Set(fabric?.networks.filter((net) => net.gateways.length > 0).map((net) => net.name));
  return guest.attachments.some((attachment) => gated.has(attachment.network));
}

type AnyPlace = Pick<Change, 'resource' | 'at'> & { readonly [key: string]: unknown };

/** What has to be looked at to see these places again, and the VFs that their values name. */
export function sectionsOf(places: readonly Pick<Change, 'resource' | 'at'>[]): Sections {
  const heads = places.map(({ resource, at }) => ({ resource, head: headOf(at) }));
  const [ofFunctions, others] = [places.filter(isOfFunction), places.filter((place) => !isOfFunction(place))];
  const named = (others as readonly AnyPlace[]).flatMap((place) => namesIn(place));
  const pfs = [...new Set(named.map(headOf))].flatMap((head) => asPciAddress(head) ?? []);
  const functions = ofFunctions.flatMap(({ at }) => asPciAddress(at) ?? []);
  const namespaces = heads.flatMap(({ resource, head }) =>
    head !== '' && (resource === 'netns' || guestKinds.has(resource)) ? [head] : [],
  );
  const routes = heads.flatMap(({ resource, head }) => (resource === 'guest-route' ? [head] : []));
  const overlay = places.some(({ resource }) => overlayKinds.has(resource));
  const hostRoutes = places.some(({ resource }) => resource === 'underlay-route');
  const atOf = (kinds: ReadonlySet<string>) =>
    unique(places.flatMap(({ resource, at }) => (kinds.has(resource) ? [at] : [])));
  return {
    pfs: unique([...pfs, ...pfsOfMachines(places)]),
    functions: unique(functions),
    namespaces: unique(namespaces),
    routes: unique(routes),
    overlay,
    hostRoutes,
    tenantPorts: atOf(ipv6Kinds),
    checksums: atOf(checksumKinds),
    ...machinesOf(places),
    hugepages: atOf(hugepageKinds),
    packages: atOf(new Set([systemPackage.kind])),
    bootFiles: atOf(new Set([bootFile.kind])),
    firmware: unique(atOf(firmwareKinds).flatMap((at) => asPciAddress(headOf(at)) ?? [])),
    guard: places.some(({ resource }) => resource === 'underlay-guard'),
    bridges: atOf(bridgeKinds),
    boot: places.some(({ resource }) => bootKinds.has(resource)),
  };
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

/** Of functions that DPDK takes whole. */
function isOfFunction({ resource }: Pick<Change, 'resource'>): boolean {
  return resource === 'port-driver' || resource === 'pci-driver';
}

function headOf(text: unknown): string {
  return typeof text === 'string' ? (text.split('/')[0] ?? '') : '';
}

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

/** Resources whose `at` begins with a namespace. */
const guestKinds: ReadonlySet<string> = new Set([
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
