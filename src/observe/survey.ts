import type { HostReader } from '../host/host.ts';
import { modelOf } from '../model/card-models.ts';
import type { HostState, PfState } from '../model/host-state.ts';
import type { CardSurvey, Firmware, HolderSurvey, Survey } from '../model/survey.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { observeFirmware } from './devlink-info.ts';
import { observeMetadata } from './devlink-param.ts';
import { observeLog } from './dmesg.ts';
import { observeClock } from './host-clock.ts';
import { observeConfig } from './kernel-config.ts';
import { observeLockdown } from './lockdown.ts';
import { seen, seenOr } from './look.ts';
import { observeNeighbours } from './neighbours.ts';
import { observeOdd } from './odd-functions.ts';
import { observeOvs } from './ovs.ts';
import { observeOwners } from './owners.ts';
import { observeSlot, observeWindow, portAbove } from './pci-slot.ts';
import { observeSwitchdev } from './switchdev.ts';
import { observeQdiscs } from './tc-qdisc.ts';
import { parseVmScope } from './vm-scope.ts';

export interface Surveyed {
  /** What was seen before, plus, for every PF and Open vSwitch, what is otherwise read only for overlays. */
  readonly state: HostState;
  readonly survey: Survey;
}

export interface SurveyOptions {
  /** Whether to read the kernel's log, and what matters only to find a fault. */
  readonly faults: boolean;
  /** The clock of the asking machine: milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Looks at what no plan concerns. Processes: one for the firmware, one for the kernel's log, and those for Open vSwitch and
 * the card's switch if they were not looked at yet.
 * @throws HostError of kind `lost`
 */
export async function observeSurvey(
  reader: HostReader,
  looked: HostState,
  { faults, now }: SurveyOptions,
): Promise<Surveyed> {
  const [ovs, pfs] = await Promise.all([
    looked.ovs ?? observeOvs(reader),
    Promise.all(looked.pfs.map((pf) => (pf.eswitch === undefined ? observeSwitchdev(reader, pf) : pf))),
  ]);
  const state: HostState = { ...looked, ovs, pfs };
  const [config, lockdown, clock, firmware, odd, speeds, owners, neighbours, holders, log] =
    await Promise.all([
      observeConfig(reader, state.kernel),
      observeLockdown(reader),
      observeClock(reader, now),
      observeFirmware(reader),
      observeOdd(
        reader,
        pfs.map(({ pci }) => pci),
      ),
      observeSpeeds(reader, state),
      observeOwners(reader, uplinks(state)),
      observeNeighbours(reader),
      observeHolders(reader, state),
      faults ? observeLog(reader) : undefined,
    ]);
  const cards = await observeCards(reader, pfs, firmware);
  const unlooked = await namespacesBesides(reader, Object.keys(state.namespaces));
  return {
    state,
    survey: {
      ...{ config, lockdown, clock, cards, odd, speeds, owners, neighbours, holders, unlooked },
      ofed: ofedIn(state),
      ...(log === undefined ? {} : { log }),
      // tc rules lead nowhere while the two switches are separate, so what keeps them so is read first.
      ...(faults && lacksSharedFdb(state) ? { metadata: await observeMetadata(reader) } : {}),
      ...(faults && offloads(state) && !lacksSharedFdb(state) ? { qdiscs: await observeQdiscs(reader) } : {}),
    },
  };
}

/** Only NVIDIA's package contains this module: the seed unloads it by name before it loads another driver. */
function ofedIn({ modules }: HostState): Seen<boolean> {
  return isUnseen(modules) ? modules : modules.includes('mlx_compat');
}

function offloads({ ovs }: HostState): boolean {
  return ovs !== undefined && !isUnseen(ovs) && ovs.settings['hw-offload'] === 'true';
}

function lacksSharedFdb({ pfs }: HostState): boolean {
  return pfs.some(({ lag }) => lag !== undefined && !isUnseen(lag) && lag.flags.includes('shared_fdb:off'));
}

/** The PFs' netdevs and what stands on them. */
function uplinks({ pfs, links }: HostState): readonly string[] {
  if (isUnseen(links)) return [];
  const ports = new Set(pfs.map(({ netdev }) => netdev));
  const over = new Set(links.filter(({ name }) => ports.has(name)).map(({ master }) => master));
  return links.map(({ name }) => name).filter((name) => ports.has(name) || over.has(name));
}

async function observeSpeeds(reader: HostReader, state: HostState): Promise<Survey['speeds']> {
  const look = async (netdev: string) => {
    const text = await seenOr(() => reader.readFile(`/sys/class/net/${netdev}/speed`));
    const speed = typeof text === 'string' ? Number(text.trim()) : -1;
    return [netdev, speed > 0 ? speed : undefined] as const;
  };
  return Object.fromEntries(await Promise.all(uplinks(state).map(look)));
}

async function observeCards(
  reader: HostReader,
  pfs: readonly PfState[],
  firmware: Seen<{ readonly [pci: string]: Firmware }>,
): Promise<Survey['cards']> {
  const there = pfs.filter(({ present }) => present);
  const cards = await Promise.all(
    there.map(async (pf) => [pf.pci, await observeCard(reader, pf, firmware)] as const),
  );
  return Object.fromEntries(cards);
}

async function observeCard(
  reader: HostReader,
  { pci, id, numaNode, localCpus }: PfState,
  firmware: Seen<{ readonly [pci: string]: Firmware }>,
): Promise<CardSurvey> {
  const folder = `/sys/bus/pci/devices/${pci}`;
  const port = await portAbove(reader, pci);
  const [slot, window, group, node, cpus] = await Promise.all([
    observeSlot(reader, pci, port),
    observeWindow(reader, pci, port),
    seenOr(() => reader.readLink(`${folder}/iommu_group`)),
    numaNode ?? seen(async () => Number((await reader.readFile(`${folder}/numa_node`)).trim())),
    localCpus ?? seen(async () => (await reader.readFile(`${folder}/local_cpulist`)).trim()),
  ]);
  return {
    model: modelOf(id),
    firmware: isUnseen(firmware) ? firmware : (firmware[pci] ?? unsaid),
    slot,
    iommuGroup: typeof group === 'string' ? group.slice(group.lastIndexOf('/') + 1) : undefined,
    numaNode: node,
    localCpus: cpus,
    window,
    lagMapping: await mappingOf(reader, pci),
  };
}

/** A driver without devlink, such as igb. */
const unsaid: Firmware = { psid: undefined, running: undefined, stored: undefined };

/** Cannot be read while there is no LAG (mlx5 lag/debugfs.c). */
async function mappingOf(reader: HostReader, pci: string): Promise<readonly string[]> {
  const text = await seenOr(() => reader.readFile(`/sys/kernel/debug/mlx5/${pci}/lag/mapping`));
  return typeof text === 'string' ? text.trim().split('\n') : [];
}

/** CPUs that each holder of VFs may run on (proc_pid_status(5)). */
function observeHolders(reader: HostReader, { holders }: HostState): Promise<readonly HolderSurvey[]> {
  const all = isUnseen(holders) ? [] : holders;
  const look = async (pid: number): Promise<HolderSurvey> => {
    const own = all.filter((holder) => holder.pid === pid);
    const groups = own.flatMap(({ path }) => /^\/dev\/vfio\/(\d+)$/.exec(path)?.[1] ?? []);
    const cpus = await seen(async () => parseCpus(await reader.readFile(`/proc/${pid}/status`)));
    const cgroup = await seenOr(() => reader.readFile(`/proc/${pid}/cgroup`));
    const vm = typeof cgroup === 'string' ? parseVmScope(cgroup) : undefined;
    return { pid, command: own[0]?.command ?? '', ...(vm !== undefined && { vm }), groups, cpus };
  };
  return Promise.all([...new Set(all.map(({ pid }) => pid))].map(look));
}

/** @throws TypeError */
export function parseCpus(status: string): string {
  const cpus = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  if (cpus === undefined) throw new TypeError('/proc/PID/status has no Cpus_allowed_list');
  return cpus;
}

/** Each takes a process to look into, so those that no file names are listed but not looked into. */
async function namespacesBesides(reader: HostReader, known: readonly string[]): Promise<Survey['unlooked']> {
  const all = (await seenOr(() => reader.listDir('/run/netns'))) ?? [];
  return isUnseen(all) ? all : all.filter((name) => !known.includes(name));
}
