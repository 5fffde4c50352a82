import type { PciAddress } from '../model/names.ts';

/** `0000:03:00.0/3`: VF 3 of that PF. */
export interface VfPlace {
  readonly pf: PciAddress;
  readonly index: number;
}

/** Every resource asks for the place of every VF: it is the same text each time, made, hashed and read once. */
const places = new Map<PciAddress, string[]>();
const vfs = new Map<string, VfPlace>();

export function vfAt(pf: PciAddress, index: number): string {
  const ofPf = places.get(pf) ?? [];
  places.set(pf, ofPf);
  const known = ofPf[index] ?? `${pf}/${index}`;
  ofPf[index] = known;
  return known;
}

export function vfPlace(at: string): VfPlace {
  const known = vfs.get(at);
  if (known !== undefined) return known;
  const slash = at.indexOf('/');
  const place = { pf: at.slice(0, slash) as PciAddress, index: Number(at.slice(slash + 1)) };
  vfs.set(at, place);
  return place;
}
