import { primaryOf } from '../bond.ts';
import { hasCarrier } from '../carrier.ts';
import { Refusal } from '../errno.ts';
import { setEswitchMode } from '../eswitch.ts';
import { cardOf, functionAt, kernelOf, pfAt } from '../functions.ts';
import { operstate } from '../link-state.ts';
import { setMtu } from '../mtu.ts';
import { netdevAt, slavesOf } from '../netdevs.ts';
import { portName, switchId } from '../ports.ts';
import type { Netdev, SimState } from '../state.ts';
import { type DirNode, dir, file, link, type Node } from './node.ts';

/** /sys/class/net/NETDEV */
export function netdevDir(state: SimState, netdev: Netdev): DirNode {
  const number = (read: () => number) => () => file(() => `${read()}\n`);
  const text = (read: () => string) => () => file(() => `${read()}\n`);
  const master = netdevAt(state, netdev.master);
  return dir({
    address: text(() => netdev.mac),
    addr_assign_type: number(() => (netdev.randomMac ? 1 : 0)),
    broadcast: text(() => 'ff:ff:ff:ff:ff:ff'),
    carrier: text(() => whileUp(netdev, hasCarrier(state, netdev) ? '1' : '0')),
    dev_id: text(() => '0x0'),
    dev_port: number(() => 0),
    device: netdev.pci === '' ? undefined : () => link(`../../../${netdev.pci}`),
    duplex: text(() => whileUp(netdev, 'full')),
    flags: text(() => `0x${(netdev.up ? 0x1003 : 0x1002).toString(16)}`),
    ifalias: text(() => netdev.alias),
    ifindex: number(() => netdev.ifindex),
    iflink: number(() => netdev.peer || netdev.ifindex),
    mtu: () =>
      file(
        () => `${netdev.mtu}\n`,
        (value) => writeMtu(state, netdev, value),
      ),
    operstate: text(() => operstate(state, netdev).toLowerCase()),
    phys_port_name: text(() => orUnsupported(portName(state, netdev))),
    phys_switch_id: text(() => orUnsupported(switchId(state, netdev))),
    phys_port_id: text(() => orUnsupported('')),
    speed: text(() => whileUp(netdev, String(speed(state, netdev)))),
    statistics: () => statistics(),
    tx_queue_len: number(() => 1000),
    type: number(() => (netdev.kind === 'loopback' ? 772 : 1)),
    bonding: netdev.bond ? () => bondingDir(state, netdev) : undefined,
    master: master ? () => link(`${toVirtual(netdev)}${master.name}`) : undefined,
    compat: hasCompat(state, netdev) ? () => compatDir(state, netdev) : undefined,
  });
}

/** From a netdev's folder to /sys/devices/virtual/net. */
function toVirtual(netdev: Netdev): string {
  if (netdev.pci === '') return '../';
  return `${'../'.repeat(netdev.kind === 'management' ? 4 : 5)}virtual/net/`;
}

/** These attributes give EINVAL while the netdev is down (net-sysfs.c). */
function whileUp(netdev: Netdev, value: string): string {
  if (!netdev.up) throw new Refusal('EINVAL');
  return value;
}

function orUnsupported(value: string): string {
  if (value === '') throw new Refusal('EOPNOTSUPP');
  return value;
}

function speed(state: SimState, netdev: Netdev): number {
  if (netdev.pci === '' || !hasCarrier(state, netdev)) return -1;
  return functionAt(state, netdev.pci) ? cardOf(state).speedMbps : 1000;
}

function writeMtu(state: SimState, netdev: Netdev, text: string): void {
  if (!/^\d+\n?$/.test(text)) throw new Refusal('EINVAL');
  setMtu(state, netdev, Number(text));
}

function statistics(): Node {
  const counters = [
    'rx_bytes',
    'rx_dropped',
    'rx_errors',
    'rx_packets',
    'tx_bytes',
    'tx_dropped',
    'tx_packets',
  ];
  return dir(Object.fromEntries(counters.map((name) => [name, () => file(() => '0\n')])));
}

function bondingDir(state: SimState, netdev: Netdev): Node {
  const read = (value: () => string | number) => () => file(() => `${value()}\n`);
  return dir({
    slaves: read(() =>
      slavesOf(state, netdev)
        .map((slave) => slave.name)
        .join(' '),
    ),
    active_slave: read(() => netdevAt(state, netdev.bond?.active ?? 0)?.name ?? ''),
    primary: read(() => primaryOf(state, netdev)?.name ?? ''),
    miimon: read(() => netdev.bond?.miimon ?? 0),
    mii_status: read(() => (hasCarrier(state, netdev) ? 'up' : 'down')),
    mode: read(() => `${netdev.bond?.mode} ${bondModes.indexOf(netdev.bond?.mode ?? '')}`),
  });
}

/** In the kernel's numbering. */
export const bondModes = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
];

/** OFED's own interface to the eswitch mode (facts §2.4). */
function hasCompat(state: SimState, netdev: Netdev): boolean {
  return kernelOf(state).ofed && netdev.kind === 'pf';
}

function compatDir(state: SimState, netdev: Netdev): Node {
  const pf = pfAt(state, netdev.pci);
  if (!pf) return dir({});
  const write = (text: string) => {
    const mode = text.trim();
    if (mode !== 'legacy' && mode !== 'switchdev') throw new Refusal('EINVAL');
    setEswitchMode(state, pf, mode);
  };
  return dir({ devlink: () => dir({ mode: () => file(() => `${pf.eswitch}\n`, write) }) });
}
