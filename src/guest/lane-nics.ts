import type { LaneSpec } from '../model/host-spec.ts';

/** A NIC as the guest sees it: a VF, or the far end of a tap. */
export interface LaneNic {
  readonly ifName: string;
  readonly mac: string;
}

/** Two of them are bonded, a single one is used as it is: the card fails over below it (facts §8). */
export function nicsOf({ bond, members, veth, tap }: LaneSpec): readonly LaneNic[] {
  const end = tap ?? veth;
  return end === undefined ? members : [{ ifName: bond, mac: end.mac }];
}

export function isBonded(lane: LaneSpec): boolean {
  return nicsOf(lane).length > 1;
}

/** Targets that ARP can ask for; the kernel could monitor IPv6 targets too, but neither netplan nor networkd can name them. */
export function arpTargets(targets: readonly string[]): readonly string[] {
  return targets.filter((target) => !target.includes(':'));
}
