import type { LaneSpec, LinkMonitor } from '../model/host-spec.ts';
import { monitorWords } from '../resource/link-monitor.ts';

/** Everything one lane needs inside a VM, as plain commands for a POSIX shell. Its VFs are known by their MACs. */
export function guestCommands(lane: LaneSpec): readonly string[] {
  const { bond, members, mtu, addresses, gateways } = lane;
  const names = members.map((_, port) => `"$vf${port}"`);
  const find = members.map(
    ({ mac }, port) =>
      `vf${port}=$(basename "$(dirname "$(grep -il ${mac} /sys/class/net/*/address | head -n 1)")")`,
  );
  return [
    ...find,
    `ip link add name ${bond} type bond mode active-backup fail_over_mac active num_grat_arp 3 ${monitorWords(lane.monitor)}`,
    ...names.flatMap((name) => [`ip link set dev ${name} down`, `ip link set dev ${name} master ${bond}`]),
    ...(names[0] === undefined ? [] : [`ip link set dev ${bond} type bond primary ${names[0]}`]),
    `ip link set dev ${bond} mtu ${mtu} up`,
    ...addresses.map((cidr) => `ip addr add ${cidr} dev ${bond}`),
    ...(lane.dhcp
      ? [`dhclient ${bond}`]
      : gateways.map((gateway) => `ip route add default via ${gateway} dev ${bond}`)),
  ];
}

/** cloud-init's network-config, version 2, for all lanes of a guest (facts §10). YAML lines. */
export function networkConfig(lanes: readonly LaneSpec[]): readonly string[] {
  const ethernets = lanes.flatMap((lane) =>
    lane.members.map(({ ifName, mac }) => `  ${ifName}: {match: {macaddress: "${mac}"}, mtu: ${lane.mtu}}`),
  );
  return ['version: 2', 'ethernets:', ...ethernets, 'bonds:', ...lanes.flatMap(bondConfig)];
}

function bondConfig(lane: LaneSpec): readonly string[] {
  const { bond, members, mtu, addresses, gateways, dns, dhcp, monitor } = lane;
  const [primary] = members;
  return [
    `  ${bond}:`,
    `    interfaces: [${members.map(({ ifName }) => ifName).join(', ')}]`,
    `    mtu: ${mtu}`,
    ...(dhcp ? ['    dhcp4: true'] : []),
    ...(addresses.length > 0 ? [`    addresses: [${addresses.map((cidr) => `"${cidr}"`).join(', ')}]`] : []),
    ...(dns.length > 0
      ? [`    nameservers: {addresses: [${dns.map((server) => `"${server}"`).join(', ')}]}`]
      : []),
    ...(gateways.length > 0 && !dhcp ? ['    routes:'] : []),
    ...(dhcp ? [] : gateways.map((gateway) => `      - {to: default, via: "${gateway}"}`)),
    '    parameters:',
    '      mode: active-backup',
    '      fail-over-mac-policy: active',
    '      gratuitous-arp: 3',
    ...(primary ? [`      primary: ${primary.ifName}`] : []),
    ...monitorConfig(monitor),
  ];
}

/** cloud-init leaves the monitoring off unless it is told (facts §10). */
function monitorConfig(monitor: LinkMonitor): readonly string[] {
  if (monitor.kind === 'miimon') return [`      mii-monitor-interval: ${monitor.intervalMs}`];
  return [
    `      arp-interval: ${monitor.intervalMs}`,
    `      arp-ip-targets: [${monitor.targets.filter((target) => !target.includes(':')).join(', ')}]`,
    '      arp-validate: all',
  ];
}
