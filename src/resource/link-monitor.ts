import type { BondState } from '../model/host-state.ts';
import { monitorWords } from '../model/link-monitor.ts';

/** The monitor a bond has, in the same words. */
export function monitorOf(bond: BondState): string {
  if (bond.arpIntervalMs === 0) return `miimon ${bond.miimonMs}`;
  const words = monitorWords({ kind: 'arp', intervalMs: bond.arpIntervalMs, targets: bond.arpTargets });
  return bond.arpValidate === 'all'
    ? words
    : words.replace('arp_validate all', `arp_validate ${bond.arpValidate}`);
}
