import { type Card, cards } from './cards.ts';
import { type Kernel, kernels } from './kernels.ts';
import type { BoardDevice } from './machines/machine.ts';
import type { Pf, SimState, Vf } from './state.ts';

export function cardOf(state: SimState): Card {
  return cards[state.card];
}

export function kernelOf(state: SimState): Kernel {
  return kernels[state.kernel];
}

export function pfAt(state: SimState, pci: string): Pf | undefined {
  return state.pfs.find((pf) => pf.pci === pci);
}

export function vfAt(state: SimState, pci: string): { readonly pf: Pf; readonly vf: Vf } | undefined {
  for (const pf of state.pfs) {
    const vf = pf.vfs.find((v) => v.pci === pci);
    if (vf) return { pf, vf };
  }
  return undefined;
}

export function functionAt(state: SimState, pci: string): Pf | Vf | BoardDevice | undefined {
  return pfAt(state, pci) ?? vfAt(state, pci)?.vf ?? state.boardDevices?.find((one) => one.pci === pci);
}

export function allVfs(state: SimState): readonly Vf[] {
  return state.pfs.flatMap((pf) => pf.vfs);
}

export function isHeld(state: SimState, vf: Pick<Vf, 'pci'>): boolean {
  return state.processes.some((process) => process.vfs.includes(vf.pci));
}

/** What the firmware calls "up": it has a driver of the host, or a running guest (facts §1.2.8). */
export function isInUse(state: SimState, vf: Vf): boolean {
  return vf.driver === cardOf(state).vfDriver || isHeld(state, vf);
}

/** The address at a routing-id offset from `0000:03:00.0`. */
export function pciPlus(pci: string, offset: number): string {
  const [domain = '', bus = '', rest = ''] = pci.split(':');
  const [device = '', fn = ''] = rest.split('.');
  const from = (Number.parseInt(bus, 16) << 8) | (Number.parseInt(device, 16) << 3) | Number(fn);
  const rid = from + offset;
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  return `${domain}:${hex(rid >> 8)}:${hex((rid >> 3) & 31)}.${rid & 7}`;
}

/** The lowest free IOMMU group; the first ones belong to the board. */
export function freeIommuGroup(state: SimState): number {
  const taken = new Set<number>((state.boardDevices ?? []).map((one) => one.iommuGroup));
  for (const pf of state.pfs) {
    taken.add(pf.iommuGroup);
    for (const vf of pf.vfs) taken.add(vf.iommuGroup);
  }
  let group = boardGroups;
  while (taken.has(group)) group += 1;
  return group;
}

export const boardGroups = 13;

/** The management port's PCI address. */
export const managementPci = '0000:00:1f.6';
