import { cards } from './cards.ts';
import { nowMs } from './clock.ts';
import { loadFirmware } from './firmware.ts';
import { forgetRuntimeFiles } from './folders.ts';
import { boardGroups, kernelOf, managementPci } from './functions.ts';
import { resetBoard } from './machines/board.ts';
import { bootId, burntIn } from './macs.ts';
import { loopback } from './namespaces.ts';
import { addNetdev } from './netdevs.ts';
import { coldOvs, startBoth } from './ovs/service.ts';
import { probePf } from './probe.ts';
import type { Pf, SimState } from './state.ts';
import { bootUnits } from './systemd/manager.ts';

/** How a boot differs from the one before. */
export interface RebootOptions {
  /** The card appears only after this many milliseconds. */
  readonly cardAfterMs?: number;
  /** The card's ports have swapped: only their netdevs' names, or the ports with their MACs. Stays until set again. */
  readonly swapped?: 'names' | 'ports' | 'no';
}

/** Clears everything but the firmware's settings, the files and the simulator's own records (facts §13.12). */
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

/** Boots a host with the state from `volatile`. `hasCard`: the card is in its slot from the start. */
export function boot(state: SimState, hasCard: boolean): void {
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
const remembered = 50;

/** Units start the same way on every new host with the same packages; only the host's own parts are redone. */
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

/** The card's functions appear and are bound to their driver. */
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

/** The state that a reboot clears, as it is at the start of a boot. */
export function volatile(): Volatile {
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
