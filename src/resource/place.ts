import type { PciAddress } from '../model/names.ts';

/** `0000:03:00.0/3`: VF 3 of that PF. */
export interface VfPlace {
  readonly pf: PciAddress;
  readonly index: number;
}

export function vfAt(pf: PciAddress, index: number): string {
  return `${pf}/${index}`;
}

export function vfPlace(at: string): VfPlace {
  const slash = at.indexOf('/');
  return { pf: at.slice(0, slash) as PciAddress, index: Number(at.slice(slash + 1)) };
}
