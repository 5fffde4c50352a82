import type { SimState } from '../state.ts';

/** A driver looks at a function: one of the host's by its name, or `guest` for one inside a VM. */
export function countProbe(state: SimState, pci: string, driver: string): void {
  state.probes ??= {};
  const { probes } = state;
  probes[pci] = [...(probes[pci] ?? []), driver];
}

/** Another function has that address now. */
export function forgetProbes(state: SimState, pci: string): void {
  if (state.probes) delete state.probes[pci];
}

/** The drivers that have looked at a function since it was made, in order. */
export function probesOf(state: SimState, pci: string): readonly string[] {
  return state.probes?.[pci] ?? [];
}
