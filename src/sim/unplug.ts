import { settleBonds } from './bond.ts';
import { plugCard } from './create.ts';
import { evaluateLag } from './lag.ts';
import { removeNetdev } from './remove.ts';
import type { SimState } from './state.ts';

/** A port's cable, or the whole card. */
export type Pluggable = 'port0' | 'port1' | 'card';

export function asPluggable(text: string): Pluggable | undefined {
  return text === 'port0' || text === 'port1' || text === 'card' ? text : undefined;
}

export function unplug(state: SimState, what: Pluggable): void {
  if (what === 'card') pullCard(state);
  else setCable(state, what, false);
}

export function plug(state: SimState, what: Pluggable): void {
  if (what !== 'card') setCable(state, what, true);
  else if (state.pfs.length === 0) plugCard(state);
}

function setCable(state: SimState, what: 'port0' | 'port1', there: boolean): void {
  state.cables[what === 'port0' ? 0 : 1] = there;
  settleBonds(state);
}

/** Every function goes, and what stood on it; guests that held a VF are gone with it. */
function pullCard(state: SimState): void {
  const gone = new Set(state.pfs.flatMap((pf) => [pf.pci, ...pf.vfs.map((vf) => vf.pci)]));
  for (const netdev of state.netdevs.filter((n) => gone.has(n.pci))) removeNetdev(state, netdev);
  state.processes = state.processes.filter((process) => !process.vfs.some((vf) => gone.has(vf)));
  state.pfs = [];
  state.waiting = [];
  evaluateLag(state);
}
