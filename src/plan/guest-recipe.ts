import type { LaneSpec, LinkMonitor } from '../model/host-spec.ts';
import { monitorWords } from '../resource/link-monitor.ts';

/** A NIC as the guest sees it: a VF, or the far end of a tap. */
interface Nic {
  readonly ifName: string;
  readonly mac: string;
}

function nicsOf({ bond, members, veth, tap }: LaneSpec): readonly Nic[] {
  const end = tap ?? veth;
  return end === undefined ? members : [{ ifName: bond, mac: end.mac }];
}

/**
 * Everything one lane needs inside a VM, as plain commands for a POSIX shell. Its NICs are known by their MACs; two of them
 * are bonded, and one is used as it is: the card fails over below it (facts §8).
 */
export function guestCommands(lane: LaneSpec): readonly string[] {
  const nics = nicsOf(lane);
  const find = nics.map(
    ({ mac }, port) =>
      `vf${port}=$(basename "$(dirname "$(grep -il ${mac} /sys/class/net/*/address | head -n 1)")")`,
  );
  const isBond = nics.length > 1;
  const name = isBond ? lane.bond : '"$vf0"';
  return [
    ...find,
    ...(isBond ? bonding(lane, nics) : []),
    `ip link set dev ${name} mtu ${lane.mtu} up`,
    ...lane.addresses.map((cidr) => `ip addr add ${cidr} dev ${name}`),
    ...(lane.dhcp
      ? [`dhclient ${name}`]
      : lane.gateways.map((gateway) => `ip route add default via ${gateway} dev ${name}`)),
  ];
}

function bonding({ bond, monitor }: LaneSpec, nics: readonly Nic[]): readonly string[] {
  const members = nics.map((_, port) => `"$vf${port}"`);
  return [
    `ip link add name ${bond} type bond mode active-backup fail_over_mac active num_grat_arp 3 ${monitorWords(monitor)}`,
    ...members.flatMap((name) => [`ip link set dev ${name} down`, `ip link set dev ${name} master ${bond}`]),
    `ip link set dev ${bond} type bond primary ${members[0]}`,
  ];
}

/** cloud-init's network-config, version 2, for all lanes of a guest (facts §10). YAML lines. */
export function networkConfig(lanes: readonly LaneSpec[]): readonly string[] {
  const bonds = lanes.filter((lane) => nicsOf(lane).length > 1);
  return [
    'version: 2',
    'ethernets:',
    ...lanes.flatMap((lane) => nicsOf(lane).flatMap((nic) => ethernet(lane, nic, !bonds.includes(lane)))),
    ...(bonds.length > 0 ? ['bonds:', ...bonds.flatMap(bondConfig)] : []),
  ];
}

function ethernet(lane: LaneSpec, { ifName, mac }: Nic, isAll: boolean): readonly string[] {
  if (!isAll) return [`  ${ifName}: {match: {macaddress: "${mac}"}, mtu: ${lane.mtu}}`];
  return [`  ${ifName}:`, `    match: {macaddress: "${mac}"}`, `    mtu: ${lane.mtu}`, ...addressing(lane)];
}

/** What stands at a NIC as well as at a bond. */
function addressing({ addresses, gateways, dns, dhcp }: LaneSpec): readonly string[] {
  return [
    ...(dhcp ? ['    dhcp4: true'] : []),
    ...(addresses.length > 0 ? [`    addresses: [${addresses.map((cidr) => `"${cidr}"`).join(', ')}]`] : []),
    ...(dns.length > 0
      ? [`    nameservers: {addresses: [${dns.map((server) => `"${server}"`).join(', ')}]}`]
      : []),
    ...(gateways.length > 0 && !dhcp ? ['    routes:'] : []),
    ...(dhcp ? [] : gateways.map((gateway) => `      - {to: default, via: "${gateway}"}`)),
  ];
}

function bondConfig(lane: LaneSpec): readonly string[] {
  const { bond, members, mtu, monitor } = lane;
  const [primary] = members;
  return [
    `  ${bond}:`,
    `    interfaces: [${members.map(({ ifName }) => ifName).join(', ')}]`,
    `    mtu: ${mtu}`,
    ...addressing(lane),
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
