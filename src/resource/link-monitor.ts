import type { LinkMonitor } from '../model/host-spec.ts';
import type { BondState } from '../model/host-state.ts';

/** As `ip link add … type bond` takes it; link monitoring never sees a dead switch behind a live carrier (facts §8). */
export function monitorWords(monitor: LinkMonitor): string {
  if (monitor.kind === 'miimon') return `miimon ${monitor.intervalMs}`;
  const v4 = monitor.targets.filter((target) => !target.includes(':'));
  const v6 = monitor.targets.filter((target) => target.includes(':'));
  const lists = [
    ...(v4.length > 0 ? [`arp_ip_target ${v4.join(',')}`] : []),
    ...(v6.length > 0 ? [`ns_ip6_target ${v6.join(',')}`] : []),
  ];
  return `arp_interval ${monitor.intervalMs} ${lists.join(' ')} arp_validate all`;
}

/** The monitor a bond has, in the same words. */
export function monitorOf(bond: BondState): string {
  if (bond.arpIntervalMs === 0) return `miimon ${bond.miimonMs}`;
  const words = monitorWords({ kind: 'arp', intervalMs: bond.arpIntervalMs, targets: bond.arpTargets });
  return bond.arpValidate === 'all'
    ? words
    : words.replace('arp_validate all', `arp_validate ${bond.arpValidate}`);
}
