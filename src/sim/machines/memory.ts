import type { SimState } from '../state.ts';
import type { Machine } from './machine.ts';

function machines(state: SimState): readonly Machine[] {
  return state.processes.flatMap(({ machine }) => (machine ? [machine] : []));
}

/** Hugepages of a size that VMs hold. */
export function machinePages(state: SimState, sizeKib: number): number {
  return machines(state)
    .filter((machine) => machine.pageKib === sizeKib)
    .reduce((sum, machine) => sum + machine.pages, 0);
}

/** Ordinary memory that VMs hold, in MiB: all of theirs, as VFIO pins it. */
export function machineMib(state: SimState): number {
  return machines(state)
    .filter((machine) => machine.pages === 0)
    .reduce((sum, machine) => sum + machine.memoryMib, 0);
}
