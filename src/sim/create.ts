import { type CardName, cards } from './cards.ts';
import { nowMs } from './clock.ts';
import { baseFolders } from './folders.ts';
import { boardGroups, kernelOf, managementPci } from './functions.ts';
import { type KernelName, kernels } from './kernels.ts';
import { burntIn } from './macs.ts';
import { loopback } from './namespaces.ts';
import { addNetdev } from './netdevs.ts';
import { newOvs } from './ovs/create.ts';
import { bootServices } from './ovs/service.ts';
import { defaultPackages } from './packages.ts';
import { probePf } from './probe.ts';
import type { Clock, Pf, SimState } from './state.ts';

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
  const card = options.card ?? 'connectx5';
  const numOfVfs = Math.min(options.numOfVfs ?? defaultNumOfVfs, cards[card].maxVfs);
  const state: SimState = {
    schema: 'vflane.sim-state/3',
    name: options.name,
    card,
    kernel: options.kernel ?? 'debian-13',
    uid: options.uid ?? 0,
    iommu: options.iommu ?? true,
    generation: 0,
    boots: 0,
    clock,
    numOfVfs,
    nextNumOfVfs: numOfVfs,
    cables: [true, true],
    ...volatile(),
    packages: [...(options.packages ?? defaultPackages)],
    ovs: newOvs(options.name),
    files: {},
    folders: [...baseFolders],
    log: [],
    faults: [],
  };
  state.files = baseFiles(state);
  boot(state);
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
  | 'unitFiles'
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
    unitFiles: {},
  };
}

/** Everything is lost but the firmware's settings, the files and what the simulator itself keeps (facts §13.12). */
export function reboot(state: SimState): void {
  Object.assign(state, volatile());
  state.boots += 1;
  boot(state);
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

function boot(state: SimState): void {
  state.bootedMs = nowMs(state);
  state.numOfVfs = state.nextNumOfVfs;
  state.modules.push('e1000e', 'virtio_net', 'iommu_v2', cards[state.card].pfDriver);
  if (cards[state.card].switchdev) state.modules.push('mlx5_ib', 'mlxfw');
  if (kernelOf(state).ofed) state.modules.push('mlx_compat');
  addNetdev(state, { ...loopback('', 1), up: true });
  addManagement(state);
  plugCard(state);
  bootServices(state);
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
    probePf(state, pf, burntIn(card.ouis, state.name, port));
  }
}

function baseFiles(state: SimState): SimState['files'] {
  const { debian } = kernels[state.kernel];
  const codename = debian === 13 ? 'trixie' : 'bookworm';
  return {
    '/etc/hostname': `${state.name}\n`,
    '/usr/sbin/update-grub': '#!/bin/sh\n',
    '/etc/debian_version': `${debian}.1\n`,
    '/etc/os-release': `PRETTY_NAME="Debian GNU/Linux ${debian} (${codename})"\nNAME="Debian GNU/Linux"\nVERSION_ID="${debian}"\nVERSION_CODENAME=${codename}\nID=debian\n`,
  };
}
