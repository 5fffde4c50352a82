import { HostError, type HostReader } from '../host/host.ts';
import type { HostState, LinkState, PfState } from '../model/host-state.ts';
import type { PciAddress } from '../model/names.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { observeBoot } from './boot.ts';
import { observeDpdkParts } from './dpdk-parts.ts';
import { observeFirmwareOf } from './firmware.ts';
import { observeHugepages } from './hugepages.ts';
import { type IpAddrShow, parseIpAddr } from './ip-link.ts';
import { parseDefaultRoutes, parseHostRoutes } from './ip-route.ts';
import { seen, seenOr } from './look.ts';
import { type MachinesAsked, observeMachines } from './machines.ts';
import { observeMemory } from './memory.ts';
import { observeGuard, observeOvs } from './ovs.ts';
import { observeOvsStart } from './ovs-start.ts';
import { sessionNetdev } from './session.ts';
import { observeNode, observeSwitchdev } from './switchdev.ts';
import { type AdminOf, observeFunction, observePf } from './sysfs-pf.ts';
import { observeBootFiles, observePackages } from './system.ts';
import { observeChecksums, observeIpv6, representorsIn } from './tenant-ports.ts';

/** What to look at, and no more: each namespace is a process. */
export interface Sections {
  readonly pfs: readonly PciAddress[];
  /** PCI functions that DPDK takes whole. */
  readonly functions?: readonly PciAddress[];
  readonly namespaces: readonly string[];
  /** Namespaces whose default routes matter. */
  readonly routes: readonly string[];
  /** Whether Open vSwitch and the card's own switch matter. */
  readonly overlay: boolean;
  /** Whether vflane's own nftables tables matter; by default they do if `overlay` is set. */
  readonly guard?: boolean;
  /** Bridges of Open vSwitch that should be there. */
  readonly bridges?: readonly string[];
  /** Whether the host's own static routes matter. */
  readonly hostRoutes?: boolean;
  /** Whether Open vSwitch has to be Debian's DPDK build. */
  readonly dpdk?: boolean;
  /** Places where pages of 2 MiB are counted, besides those of the cards. */
  readonly hugepages?: readonly string[];
  /** Packages that were installed for vflane, and files for the host's next start. */
  readonly packages?: readonly string[];
  readonly bootFiles?: readonly string[];
  /** First PFs of cards whose firmware tools are asked. */
  readonly firmware?: readonly PciAddress[];
  /** Netdevs besides representors through which tenants' frames come in: whether the host has IPv6 there matters. */
  readonly tenantPorts?: readonly string[];
  /** Whether it matters what brings the host back after a reboot. */
  readonly boot?: boolean;
  /** VMs. */
  readonly machines?: MachinesAsked;
  /** Lanes, `web/storage`, which have to fill in checksums themselves; their namespaces are listed in `namespaces`. */
  readonly checksums?: readonly string[];
}

/**
 * Looks at a host. One `ip` for the host itself, one for each existing namespace; the rest is files.
 * @throws HostError of kind `lost` when the host cannot be reached; everything else that fails is `unseen`.
 */
export async function observe(reader: HostReader, sections: Sections): Promise<HostState> {
  const [switching, bootId, kernel, addr, modules, holders, namespaces, routes, groups] = await Promise.all([
    // First, because it is two processes in sequence.
    sections.overlay ? observeSwitching(reader, sections) : {},
    text(reader, '/proc/sys/kernel/random/boot_id'),
    text(reader, '/proc/sys/kernel/osrelease'),
    seen(async () => parseIpAddr((await reader.query(['ip', '-j', '-d', 'addr', 'show'])).stdout)),
    seen(() => reader.listDir('/sys/module')),
    seen(() => reader.openFiles('/dev/vfio')),
    observeNamespaces(reader, sections.namespaces),
    observeRoutes(reader, sections.routes),
    seenOr(() => reader.listDir('/sys/kernel/iommu_groups')),
  ]);
  const links = isUnseen(addr) ? addr : addr.links;
  const plain = await Promise.all(sections.pfs.map((pci) => observePf(reader, pci, adminIn(addr))));
  const pfs = await Promise.all(plain.map((pf) => observeMore(reader, sections, pf)));
  const functions = await Promise.all((sections.functions ?? []).map((pci) => observeFunction(reader, pci)));
  return {
    bootId,
    kernel,
    modules,
    root: await isRoot(reader),
    iommu: isUnseen(groups) ? groups : (groups ?? []).length > 0,
    pfs,
    ...(functions.length > 0 ? { functions } : {}),
    links,
    namespaces,
    routes,
    ...switching,
    ...(await observePages(reader, sections, [...pfs, ...functions])),
    ...(await observeNetdevs(reader, sections, { links, namespaces })),
    ...(await observeSystem(reader, sections)),
    ...(sections.firmware?.length ? { firmware: await observeFirmwareOf(reader, sections.firmware) } : {}),
    ...(sections.boot ? { boot: await observeBoot(reader) } : {}),
    ...(sections.machines ? { machines: await observeMachines(reader, sections.machines, pfs) } : {}),
    holders,
    session: isUnseen(links) ? undefined : await sessionNetdev(reader, links),
  };
}

async function observePages(
  reader: HostReader,
  sections: Sections,
  cards: Parameters<typeof observeHugepages>[1],
): Promise<Pick<HostState, 'hugepages' | 'freeMemoryMib'>> {
  const hugepages = await hugepagesFor(reader, sections, cards);
  const places = Object.keys(hugepages ?? {});
  return {
    ...(sections.overlay || places.length > 0 ? { hugepages } : {}),
    ...(sections.dpdk ? { freeMemoryMib: await observeMemory(reader, places) } : {}),
  };
}

async function observeNetdevs(
  reader: HostReader,
  sections: Sections,
  seenLinks: Pick<HostState, 'links' | 'namespaces'>,
): Promise<Pick<HostState, 'hostRoutes' | 'ipv6' | 'checksums'>> {
  const { hostRoutes, overlay, checksums } = sections;
  return {
    ...(hostRoutes ? { hostRoutes: await observeHostRoutes(reader) } : {}),
    ...(overlay ? { ipv6: await observeIpv6(reader, tenantPorts(sections, seenLinks.links)) } : {}),
    ...(checksums?.length ? { checksums: await observeChecksums(reader, checksums, seenLinks) } : {}),
  };
}

async function observeSystem(
  reader: HostReader,
  { packages, bootFiles, dpdk }: Sections,
): Promise<Pick<HostState, 'packages' | 'bootFiles' | 'dpdkParts'>> {
  return {
    ...(packages?.length ? { packages: await observePackages(reader, packages) } : {}),
    ...(bootFiles?.length ? { bootFiles: await observeBootFiles(reader, bootFiles) } : {}),
    ...(dpdk ? { dpdkParts: await observeDpdkParts(reader) } : {}),
  };
}

function observeMore(
  reader: HostReader,
  { overlay, machines }: Sections,
  pf: PfState,
): Promise<PfState> | PfState {
  if (overlay) return observeSwitchdev(reader, pf);
  return machines === undefined ? pf : observeNode(reader, pf);
}

/** Without VMs, only DPDK uses them, which has a card. */
async function hugepagesFor(
  reader: HostReader,
  { overlay, machines, hugepages = [] }: Sections,
  cards: Parameters<typeof observeHugepages>[1],
): ReturnType<typeof observeHugepages> {
  const isMade = machines?.hugepages === true;
  const isAsked = isMade || (overlay && cards.length > 0) || hugepages.length > 0;
  return isAsked ? observeHugepages(reader, cards, hugepages) : {};
}

/** Representors are found by their port’s name: they are renamed only later. */
function tenantPorts({ tenantPorts: named = [] }: Sections, links: HostState['links']): readonly string[] {
  return [...new Set([...named, ...(isUnseen(links) ? [] : representorsIn(links))])];
}

async function observeSwitching(reader: HostReader, { bridges, guard: asksGuard = true }: Sections) {
  const [ovs, guard, ovsStart] = await Promise.all([
    observeOvs(reader, bridges),
    asksGuard ? observeGuard(reader) : undefined,
    observeOvsStart(reader),
  ]);
  return { ovs, ...(guard ? { guard } : {}), ovsStart };
}

function observeHostRoutes(reader: HostReader) {
  return seen(async () => {
    const shown = await Promise.all(
      ([4, 6] as const).map(async (family) => {
        const { stdout } = await reader.query(['ip', `-${family}`, '-j', 'route', 'show']);
        return parseHostRoutes(stdout, family);
      }),
    );
    return shown.flat();
  });
}

/** @throws HostError: without these two, nothing that was seen could be compared with anything. */
async function text(reader: HostReader, path: string): Promise<string> {
  return (await reader.readFile(path)).trim();
}

function adminIn(addr: Seen<IpAddrShow>): AdminOf {
  return (netdev, index) => {
    if (isUnseen(addr)) return addr;
    const admin = netdev === undefined ? undefined : addr.vfs.get(netdev)?.get(index);
    return admin ?? { unseen: `ip shows no VF ${index} of ${netdev ?? 'a PF without a netdev'}` };
  };
}

async function observeNamespaces(
  reader: HostReader,
  wanted: readonly string[],
): Promise<HostState['namespaces']> {
  if (wanted.length === 0) return {};
  const present = await seenOr(() => reader.listDir('/run/netns'));
  const look = async (name: string): Promise<Seen<readonly LinkState[]> | null> => {
    if (isUnseen(present)) return present;
    if (!present?.includes(name)) return null;
    return seen(async () => {
      const { stdout } = await reader.query(['ip', '-n', name, '-j', '-d', 'addr', 'show']);
      return parseIpAddr(stdout).links;
    });
  };
  return Object.fromEntries(await Promise.all(wanted.map(async (name) => [name, await look(name)] as const)));
}

async function observeRoutes(
  reader: HostReader,
  namespaces: readonly string[],
): Promise<HostState['routes']> {
  const look = (name: string) =>
    seen(async () => {
      const families = await Promise.all(
        ['-4', '-6'].map((family) =>
          reader.query(['ip', '-n', name, family, '-j', 'route', 'show', 'default']),
        ),
      );
      return families.flatMap(({ stdout }) => parseDefaultRoutes(stdout));
    });
  const present = namespaces.length === 0 ? [] : await seenOr(() => reader.listDir('/run/netns'));
  const there = namespaces.filter((name) => isUnseen(present) || present?.includes(name));
  return Object.fromEntries(await Promise.all(there.map(async (name) => [name, await look(name)] as const)));
}

/** The real, effective, saved and file-system user ids: proc_pid_status(5). */
async function isRoot(reader: HostReader): Promise<boolean> {
  try {
    const status = await reader.readFile('/proc/self/status');
    return /^Uid:\s+\d+\s+0\s/m.test(status);
  } catch (error) {
    if (error instanceof HostError) return false;
    throw error;
  }
}
