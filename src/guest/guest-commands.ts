import type { LaneSpec } from '../model/host-spec.ts';
import { monitorWords } from '../model/link-monitor.ts';
import { isBonded, type LaneNic, nicsOf } from './lane-nics.ts';

/**
 * Everything that one lane needs inside a VM, as plain commands for a POSIX shell. Its NICs are found by their MACs; two of them
 * are bonded, and one is used as it is: the card fails over below it (facts §8).
 */
export function guestCommands(lane: LaneSpec): readonly string[] {
  const nics = nicsOf(lane);
  const find = nics.map(
    ({ mac }, port) =>
      `vf${port}=$(basename "$(dirname "$(grep -il ${mac} /sys/class/net/*/address | head -n 1)")")`,
  );
  const isBond = isBonded(lane);
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

function bonding({ bond, monitor }: LaneSpec, nics: readonly LaneNic[]): readonly string[] {
  const members = nics.map((_, port) => `"$vf${port}"`);
  return [
    `ip link add name ${bond} type bond mode active-backup fail_over_mac active num_grat_arp 3 ${monitorWords(monitor)}`,
    ...members.flatMap((name) => [`ip link set dev ${name} down`, `ip link set dev ${name} master ${bond}`]),
    `ip link set dev ${bond} type bond primary ${members[0]}`,
  ];
}
