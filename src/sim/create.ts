import { type CardName, cards } from './cards.ts';
import { advance, nowMs } from './clock.ts';
import { loadFirmware } from './firmware.ts';
import { baseFolders, forgetRuntimeFiles } from './folders.ts';
import { boardGroups, kernelOf, managementPci } from './functions.ts';
import { type KernelName, kernels } from './kernels.ts';
import { resetBoard } from './machines/board.ts';
import { textOf } from './machines/images.ts';
import { bootId, burntIn } from './macs.ts';
import { loopback } from './namespaces.ts';
import { addNetdev } from './netdevs.ts';
import { newOvs } from './ovs/create.ts';
import { coldOvs, startBoth } from './ovs/service.ts';
import { defaultPackages } from './packages.ts';
import { probePf } from './probe.ts';
import type { Clock, Pf, SimState } from './state.ts';
import { bootUnits } from './systemd/manager.ts';
import { linksOfPackages } from './systemd/packaged.ts';
import { newSystemd } from './systemd/state.ts';

export interface SimOptions {
  readonly name: string;
  readonly card?: CardName;
  readonly kernel?: KernelName;
  /** NUM_OF_VFS of the firmware, per port; what the card cannot have is cut down to what it can. */
  readonly numOfVfs?: number;
  readonly uid?: number;
  readonly iommu?: boolean;
  /** Debian packages; those that are not named are not installed. Everything the simulator knows, unless said. */
  readonly packages?: readonly string[];
}

const defaultNumOfVfs = 16;
/** 2026-01-01: where the clock of a host in memory starts. */
const epochMs = 1_767_225_600_000;

export function createState(options: SimOptions, clock: Clock = { kind: 'own', nowMs: epochMs }): SimState {
  const { name, card = 'connectx5', kernel = 'debian-13', uid = 0, iommu = true } = options;
  const packages = options.packages ?? defaultPackages;
  const numOfVfs = Math.min(options.numOfVfs ?? defaultNumOfVfs, cards[card].maxVfs);
  const state = structuredClone(booted({ name, card, kernel, uid, iommu, packages, numOfVfs }));
  const tookMs = nowMs(state) - epochMs;
  const startMs = nowMs({ ...state, clock });
  state.clock = { ...clock };
  advance(state, tookMs);
  moveTimes(state, startMs - epochMs);
  return state;
}

const known = new Map<string, SimState>();
const remembered = 50;

/** A host after its first boot, as of `epochMs`: to boot takes longer than to copy one that has. */
function booted(options: Required<SimOptions>): SimState {
  const key = JSON.stringify(options);
  const found = known.get(key) ?? firstBoot(options);
  if (known.size >= remembered) known.clear();
  known.set(key, found);
  return found;
}

/** What was written down of the first boot, as if it had been at another time. */
function moveTimes(state: SimState, byMs: number): void {
  if (byMs === 0) return;
  const moved = (at: number) => (at === 0 ? 0 : at + byMs);
  state.bootedMs = moved(state.bootedMs ?? 0);
  state.dmesgMs = (state.dmesgMs ?? []).map(moved);
  if (state.ovs.daemon) state.ovs.daemon.startedMs = moved(state.ovs.daemon.startedMs);
  for (const entry of state.systemd.journal) entry.at = moved(entry.at);
  for (const unit of Object.values(state.systemd.units)) {
    unit.startsMs = unit.startsMs.map(moved);
    for (const time of ['changedMs', 'activeEnterMs', 'activeExitMs', 'inactiveEnterMs'] as const)
      unit[time] = moved(unit[time]);
  }
}

function firstBoot({ name, card, kernel, uid, iommu, packages, numOfVfs }: Required<SimOptions>): SimState {
  const state: SimState = {
    schema: 'vflane.sim-state/4',
    name,
    card,
    kernel,
    uid,
    iommu,
    generation: 0,
    boots: 0,
    clock: { kind: 'own', nowMs: epochMs },
    numOfVfs,
    nextNumOfVfs: numOfVfs,
    cables: [true, true],
    ...volatile(),
    packages: [...packages],
    ovs: newOvs(name),
    files: {},
    links: {},
    folders: [...baseFolders],
    systemd: newSystemd(),
    log: [],
    faults: [],
  };
  state.files = baseFiles(state);
  state.links = linksOfPackages(state);
  boot(state, true);
  return state;
}

type Volatile = Pick<
  SimState,
  | 'pfs'
  | 'netdevs'
  | 'nextIfindex'
  | 'randomMacs'
  | 'namespaces'
  | 'namespaceFolder'
  | 'routes'
  | 'modules'
  | 'dynamicIds'
  | 'lag'
  | 'processes'
  | 'nextPid'
  | 'waiting'
  | 'timers'
  | 'dmesg'
  | 'dmesgMs'
  | 'hugepages'
  | 'rdmaNames'
  | 'sysctls'
  | 'nft'
  | 'exits'
  | 'events'
>;

/** What a reboot forgets. */
function volatile(): Volatile {
  return {
    pfs: [],
    netdevs: [],
    nextIfindex: 2,
    randomMacs: 0,
    namespaces: [],
    namespaceFolder: false,
    routes: [],
    modules: [],
    dynamicIds: [],
    lag: { type: 'none', sharedFdb: false },
    processes: [],
    nextPid: 4000,
    waiting: [],
    timers: [],
    dmesg: [],
    dmesgMs: [],
    hugepages: {},
    rdmaNames: {},
    sysctls: {},
    nft: [],
    exits: {},
    events: [],
  };
}

/** How a boot differs from the last. */
export interface RebootOptions {
  /** The card is not there before that many milliseconds have passed. */
  readonly cardAfterMs?: number;
  /** The card's ports have changed places: their netdevs' names, or the ports with their MACs. Kept until it is said again. */
  readonly swapped?: 'names' | 'ports' | 'no';
}

/** Everything is lost but the firmware's settings, the files and what the simulator itself keeps (facts §13.12). */
export function reboot(state: SimState, options: RebootOptions = {}): void {
  const hadCard = !state.cardIsOut;
  Object.assign(state, volatile());
  forgetRuntimeFiles(state);
  state.boots += 1;
  if (options.swapped) state.swapped = options.swapped;
  const late = options.cardAfterMs ?? 0;
  if (late > 0 && hadCard) state.events.push({ what: 'card', dueMs: nowMs(state) + late });
  boot(state, hadCard && late <= 0);
}

/** A brand-new host of the same kind; only the generation tells it from the old one. */
export function reset(state: SimState): void {
  const { name, card, kernel, uid, iommu, packages } = state;
  const fresh = createState(
    { name, card, kernel, uid, iommu, packages, numOfVfs: state.nextNumOfVfs },
    state.clock,
  );
  const generation = state.generation + 1;
  Object.assign(state, fresh, { generation });
}

function boot(state: SimState, hasCard: boolean): void {
  state.bootedMs = nowMs(state);
  loadFirmware(state);
  state.modules.push('e1000e', 'virtio_net', 'iommu_v2', cards[state.card].pfDriver);
  if (cards[state.card].switchdev) state.modules.push('mlx5_ib', 'mlxfw');
  if (kernelOf(state).ofed) state.modules.push('mlx_compat');
  addNetdev(state, { ...loopback('', 1), up: true });
  addManagement(state);
  if (hasCard) plugCard(state);
  resetBoard(state);
  for (const domain of Object.values(state.domains ?? {})) Object.assign(domain, { pid: 0, managed: [] });
  coldOvs(state);
  if (state.boots === 0 && state.generation === 0) firstUnits(state);
  else bootUnits(state);
}

const knownUnits = new Map<string, SimState['systemd']>();

/** Units come up the same on every new host with the same packages; only what is this host's own is done again. */
function firstUnits(state: SimState): void {
  const key = JSON.stringify([state.kernel, state.packages]);
  const ready = knownUnits.get(key);
  if (ready === undefined) {
    bootUnits(state);
    if (knownUnits.size >= remembered) knownUnits.clear();
    knownUnits.set(key, structuredClone(state.systemd));
    return;
  }
  state.systemd = structuredClone(ready);
  for (const entry of state.systemd.journal) entry.boot = bootId(state);
  const vswitchd = state.systemd.units['ovs-vswitchd.service'];
  if (vswitchd && vswitchd.mainPid !== 0) vswitchd.mainPid = startBoth(state);
}

function addManagement(state: SimState): void {
  const mac = burntIn('3c:ec:ef', state.name, 0xf0);
  const eno1 = addNetdev(state, {
    kind: 'management',
    name: 'eno1',
    mac,
    pci: managementPci,
    maxMtu: 9000,
    up: true,
    altNames: kernelOf(state).debian < 13 ? ['enp0s31f6'] : ['enp0s31f6', `enx${mac.replaceAll(':', '')}`],
  });
  eno1.addresses.push({ family: 4, local: '10.0.0.10', prefix: 24, scope: 'global', label: 'eno1' });
  state.routes.push({
    ns: '',
    family: 4,
    dst: 'default',
    via: '10.0.0.1',
    ifindex: eno1.ifindex,
    metric: 0,
    protocol: 'static',
    scope: 'global',
    src: '',
  });
}

/** The card's functions appear and their driver takes them. */
export function plugCard(state: SimState): void {
  const card = cards[state.card];
  for (const port of [0, 1] as const) {
    const pf: Pf = {
      pci: `${card.slot}.${port}`,
      port,
      driver: '',
      driverOverride: '',
      iommuGroup: boardGroups + port,
      autoprobe: true,
      eswitch: 'legacy',
      metadata: true,
      vfs: [],
    };
    state.pfs.push(pf);
    probePf(state, pf, burntIn(card.ouis, state.name, state.swapped === 'ports' ? 1 - port : port));
  }
}

function baseFiles(state: SimState): SimState['files'] {
  const { debian } = kernels[state.kernel];
  const codename = debian === 13 ? 'trixie' : 'bookworm';
  return {
    [`/var/lib/vflane/images/debian-${debian}.qcow2`]: textOf({ format: 'qcow2', bytes: 3 * 1024 ** 3 }),
    '/etc/hostname': `${state.name}\n`,
    '/usr/sbin/update-grub': '#!/bin/sh\n',
    '/etc/debian_version': `${debian}.1\n`,
    '/etc/os-release': `PRETTY_NAME="Debian GNU/Linux ${debian} (${codename})"\nNAME="Debian GNU/Linux"\nVERSION_ID="${debian}"\nVERSION_CODENAME=${codename}\nID=debian\n`,
  };
}
