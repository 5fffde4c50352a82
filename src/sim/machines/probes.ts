import type { SimState } from '../state.ts';

/** Notes that a driver probes a function: the host driver's name, or `guest` for one inside a VM. */
export function countProbe(state: SimState, pci: string, driver: string): void {
  state.probes ??= {};
  const { probes } = state;
  probes[pci] = [...(probes[pci] ?? []), driver];
}

/** Forgets the probes at an address that now belongs to another function. */
export function forgetProbes(state: SimState, pci: string): void {
  if (state.probes) delete state.probes[pci];
}

/** The drivers that have probed a function since it was made, in order. */
export function probesOf(state: SimState, pci: string): readonly string[] {
  return state.probes?.[pci] ?? [];
}
