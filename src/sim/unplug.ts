import { settleBonds } from './bond.ts';
import { plugCard } from './boot.ts';
import { cardOf } from './functions.ts';
import { evaluateLag } from './lag.ts';
import { plugBoard, unplugBoard } from './machines/board.ts';
import { settleOvs } from './ovs/vswitchd.ts';
import { removeNetdev } from './remove.ts';
import type { SimState } from './state.ts';

/** A port's cable, the whole card, the switch behind a port whose link stays up, or half of the slot's lanes. */
const pluggables = ['port0', 'port1', 'card', 'switch0', 'switch1', 'lanes', 'nvme', 'gpu'] as const;
export type Pluggable = (typeof pluggables)[number];

export function asPluggable(text: string): Pluggable | undefined {
  return pluggables.find((one) => one === text);
}

export function unplug(state: SimState, what: Pluggable): void {
  move(state, what, false);
}

export function plug(state: SimState, what: Pluggable): void {
  move(state, what, true);
}

function move(state: SimState, what: Pluggable, there: boolean): void {
  if (what === 'card') {
    state.cardIsOut = !there;
    if (!there) pullCard(state);
    else if (state.pfs.length === 0) plugCard(state);
  } else if (what === 'nvme' || what === 'gpu') (there ? plugBoard : unplugBoard)(state, what);
  else if (what === 'lanes') setLanes(state, there);
  else if (what === 'port0' || what === 'port1') setCable(state, what, there);
  else setSwitch(state, what, there);
  // Netlink tells ovs-vswitchd at once, before any other command.
  settleOvs(state);
}

/** The PCIe link trains with fewer lanes than card and slot have: a badly seated card, a dirty contact. */
function setLanes(state: SimState, there: boolean): void {
  if (there) delete state.lanes;
  else state.lanes = Number(cardOf(state).linkWidth) / 2;
}

function setSwitch(state: SimState, what: 'switch0' | 'switch1', alive: boolean): void {
  const dead = state.deadSwitches ?? [false, false];
  dead[what === 'switch0' ? 0 : 1] = !alive;
  state.deadSwitches = dead;
  settleBonds(state);
}

function setCable(state: SimState, what: 'port0' | 'port1', there: boolean): void {
  state.cables[what === 'port0' ? 0 : 1] = there;
  settleBonds(state);
}

/** Removes every function and what was built on it; guests that held a VF go too. */
function pullCard(state: SimState): void {
  const gone = new Set(state.pfs.flatMap((pf) => [pf.pci, ...pf.vfs.map((vf) => vf.pci)]));
  for (const netdev of state.netdevs.filter((n) => gone.has(n.pci))) removeNetdev(state, netdev);
  state.processes = state.processes.filter((process) => !process.vfs.some((vf) => gone.has(vf)));
  state.pfs = [];
  state.waiting = [];
  evaluateLag(state);
}
