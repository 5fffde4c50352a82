import type { Fault, SimState } from './state.ts';

export function addFault(state: SimState, fault: Fault): void {
  state.faults.push({ ...fault });
}

/** Counts one changing operation; returns the fault that strikes it, and removes it. */
export function strike(state: SimState): Fault | undefined {
  for (const fault of state.faults) fault.at -= 1;
  const struck = state.faults.find((fault) => fault.at <= 0);
  state.faults = state.faults.filter((fault) => fault.at > 0);
  return struck;
}
