import type { LinkMonitor } from './host-spec.ts';

/** As `ip link add … type bond` takes it. Link monitoring never notices a dead switch behind a live carrier (facts §8). */
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
