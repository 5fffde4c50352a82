import type { SimState } from './state.ts';

/** Lines kept, as a real ring buffer forgets too. */
const kept = 500;

export function printk(state: SimState, ...lines: readonly string[]): void {
  state.dmesg.push(...lines);
  if (state.dmesg.length > kept) state.dmesg.splice(0, state.dmesg.length - kept);
}

/** A driver's line about one function. */
export function devErr(state: SimState, driver: string, pci: string, text: string): void {
  printk(state, `${driver} ${pci}: ${text}`);
}
