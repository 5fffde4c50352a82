import type { LaneSpec, LinkMonitor } from '../model/host-spec.ts';
import { arpTargets, isBonded, type LaneNic, nicsOf } from './lane-nics.ts';

export interface GuestFile {
  readonly path: string;
  readonly text: string;
}

const folder = '/etc/systemd/network';

/** The lanes of a guest as files of systemd-networkd (systemd.network(5), systemd.netdev(5)), for images without cloud-init. */
export function networkdFiles(lanes: readonly LaneSpec[]): readonly GuestFile[] {
  return lanes.flatMap((lane) =>
    isBonded(lane) ? bonded(lane) : nicsOf(lane).map((nic) => plain(lane, nic)),
  );
}

function file(name: string, lines: readonly string[]): GuestFile {
  return { path: `${folder}/${name}`, text: `${lines.join('\n')}\n` };
}

/** By the permanent address: a bond has its active member's address, and would match as well. */
function matched({ mac }: LaneNic, mtu: number): readonly string[] {
  return ['[Match]', `PermanentMACAddress=${mac}`, '', '[Link]', `MTUBytes=${mtu}`, ''];
}

function plain(lane: LaneSpec, nic: LaneNic): GuestFile {
  return file(`20-${nic.ifName}.network`, [...matched(nic, lane.mtu), ...network(lane)]);
}

function bonded(lane: LaneSpec): readonly GuestFile[] {
  const { bond, mtu } = lane;
  return [
    file(`10-${bond}.netdev`, [
      ...['[NetDev]', `Name=${bond}`, 'Kind=bond', `MTUBytes=${mtu}`, ''],
      ...['[Bond]', 'Mode=active-backup', 'FailOverMACPolicy=active', 'GratuitousARP=3'],
      ...monitored(lane.monitor),
    ]),
    ...nicsOf(lane).map((nic, port) =>
      file(`20-${nic.ifName}.network`, [
        ...matched(nic, mtu),
        ...['[Network]', `Bond=${bond}`, ...(port === 0 ? ['PrimarySlave=yes'] : [])],
      ]),
    ),
    file(`30-${bond}.network`, [
      '[Match]',
      `Name=${bond}`,
      '',
      '[Link]',
      `MTUBytes=${mtu}`,
      '',
      ...network(lane),
    ]),
  ];
}

function monitored(monitor: LinkMonitor): readonly string[] {
  if (monitor.kind === 'miimon') return [`MIIMonitorSec=${monitor.intervalMs}ms`];
  return [
    `ARPIntervalSec=${monitor.intervalMs}ms`,
    `ARPIPTargets=${arpTargets(monitor.targets).join(' ')}`,
    'ARPValidate=all',
  ];
}

function network({ dhcp, addresses, gateways, dns }: LaneSpec): readonly string[] {
  return [
    '[Network]',
    ...(dhcp ? ['DHCP=ipv4'] : []),
    ...addresses.map((cidr) => `Address=${cidr}`),
    ...(dhcp ? [] : gateways.map((gateway) => `Gateway=${gateway}`)),
    ...dns.map((server) => `DNS=${server}`),
  ];
}
