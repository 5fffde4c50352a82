import { plugCard } from './boot.ts';
import { advance, nowMs } from './clock.ts';
import { isDead } from './lock.ts';
import { endMachines, nextEndMs } from './machines/power.ts';
import { settle } from './start.ts';
import type { SimState } from './state.ts';
import { nextWakeMs } from './systemd/manager.ts';
import type { Foreign } from './systemd/state.ts';

/** Catches up with what should have happened by now. */
export function wake(state: SimState): void {
  const now = nowMs(state);
  const next = nextMs(state);
  if (next === undefined || next > now) return;
  const due = state.events.filter((event) => event.dueMs <= now);
  state.events = state.events.filter((event) => event.dueMs > now);
  for (const event of due)
    if (event.what === 'card' && state.pfs.length === 0 && !state.cardIsOut) plugCard(state);
  endMachines(state);
  settle(state);
}

/** When the next event is due; undefined if there is none. */
function nextMs(state: SimState): number | undefined {
  const times = [nextWakeMs(state), ...nextEndMs(state)].filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Lets time pass until the next event; false if none is due before the deadline. */
export function passTime(state: SimState, deadline: number): boolean {
  const next = nextMs(state);
  if (next === undefined || next > deadline) {
    if (Number.isFinite(deadline)) advance(state, Math.max(0, deadline - nowMs(state)));
    return false;
  }
  advance(state, Math.max(0, next - nowMs(state)));
  wake(state);
  return true;
}

/** Takes the next program to play; one whose player has died is dead too, and is returned to be cleaned up. */
export function takeForeign(state: SimState): Foreign | undefined {
  const { foreign } = state.systemd;
  const free = foreign.find(({ takenBy }) => takenBy === 0);
  const orphan = foreign.find(({ takenBy }) => takenBy !== 0 && isDead(takenBy));
  const found = free ?? orphan;
  if (!found) return undefined;
  const mine = { ...found };
  found.takenBy = process.pid;
  // How far it got is unknown.
  return found === free ? mine : { ...mine, argv: [] };
}
