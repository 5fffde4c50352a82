import { nowMs } from './clock.ts';
import type { SimState } from './state.ts';

/** Lines kept: a real ring buffer is limited as well. */
const kept = 500;

export function printk(state: SimState, ...lines: readonly string[]): void {
  const at = Array<number>(state.dmesg.length).fill(0);
  state.dmesgMs = [...(state.dmesgMs ?? at), ...lines.map(() => nowMs(state))].slice(-kept);
  state.dmesg.push(...lines);
  if (state.dmesg.length > kept) state.dmesg.splice(0, state.dmesg.length - kept);
}

/** A driver's line about one function. */
export function devErr(state: SimState, driver: string, pci: string, text: string): void {
  printk(state, `${driver} ${pci}: ${text}`);
}

/** Seconds from the machine's start until its kernel found the card. */
const startedS = 20;

/** Seconds since boot, now or at this moment of the host's clock. */
export function uptimeS(state: SimState, atMs: number = nowMs(state)): number {
  return startedS + Math.max(0, atMs - (state.bootedMs ?? atMs)) / 1000;
}

export interface Logged {
  readonly timeS: number;
  readonly text: string;
}

export function logged(state: SimState): readonly Logged[] {
  return state.dmesg.map((text, place) => ({ timeS: uptimeS(state, state.dmesgMs?.[place]), text }));
}
