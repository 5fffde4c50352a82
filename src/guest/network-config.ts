import type { LaneSpec, LinkMonitor } from '../model/host-spec.ts';
import { arpTargets, isBonded, type LaneNic, nicsOf } from './lane-nics.ts';
import { yamlWord } from './yaml-word.ts';

/** cloud-init's network-config, version 2, for all lanes of a guest (facts §10). YAML lines. */
export function networkConfig(lanes: readonly LaneSpec[]): readonly string[] {
  const bonds = lanes.filter(isBonded);
  return [
    'version: 2',
    'ethernets:',
    ...lanes.flatMap((lane) => nicsOf(lane).flatMap((nic) => ethernet(lane, nic, !bonds.includes(lane)))),
    ...(bonds.length > 0 ? ['bonds:', ...bonds.flatMap(bondConfig)] : []),
  ];
}

function ethernet(lane: LaneSpec, { ifName, mac }: LaneNic, isAll: boolean): readonly string[] {
  if (!isAll) return [`  ${yamlWord(ifName)}: {match: {macaddress: "${mac}"}, mtu: ${lane.mtu}}`];
  return [
    `  ${yamlWord(ifName)}:`,
    `    match: {macaddress: "${mac}"}`,
    `    mtu: ${lane.mtu}`,
    ...addressing(lane),
  ];
}

/** The keys that NICs and bonds share. */
function addressing({ addresses, gateways, dns, dhcp }: LaneSpec): readonly string[] {
  return [
    ...(dhcp ? ['    dhcp4: true'] : []),
    ...(addresses.length > 0 ? [`    addresses: [${addresses.map((cidr) => `"${cidr}"`).join(', ')}]`] : []),
    ...(dns.length > 0
      ? [`    nameservers: {addresses: [${dns.map((server) => `"${server}"`).join(', ')}]}`]
      : []),
    ...(gateways.length > 0 && !dhcp ? ['    routes:'] : []),
    ...(dhcp ? [] : gateways.map(routeBy)),
  ];
}

/** As 0.0.0.0/0 and ::/0: unless it passes the routes on to netplan, cloud-init does not know `default` (cloudinit/net/network_state.py). */
function routeBy(gateway: string): string {
  return `      - {to: "${gateway.includes(':') ? '::/0' : '0.0.0.0/0'}", via: "${gateway}"}`;
}

function bondConfig(lane: LaneSpec): readonly string[] {
  const { bond, members, mtu, monitor } = lane;
  const [primary] = members;
  return [
    `  ${yamlWord(bond)}:`,
    `    interfaces: [${members.map(({ ifName }) => yamlWord(ifName)).join(', ')}]`,
    `    mtu: ${mtu}`,
    ...addressing(lane),
    '    parameters:',
    '      mode: active-backup',
    '      fail-over-mac-policy: active',
    '      gratuitous-arp: 3',
    ...(primary ? [`      primary: ${yamlWord(primary.ifName)}`] : []),
    ...monitorConfig(monitor),
  ];
}

/** cloud-init leaves the monitoring off unless it is told (facts §10). */
function monitorConfig(monitor: LinkMonitor): readonly string[] {
  if (monitor.kind === 'miimon') return [`      mii-monitor-interval: ${monitor.intervalMs}`];
  return [
    `      arp-interval: ${monitor.intervalMs}`,
    `      arp-ip-targets: [${arpTargets(monitor.targets).join(', ')}]`,
    '      arp-validate: all',
  ];
}
