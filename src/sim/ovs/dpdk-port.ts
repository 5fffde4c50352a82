import { hasCarrier } from '../carrier.ts';
import { Refusal } from '../errno.ts';
import { cardOf, pfAt } from '../functions.ts';
import { hugepagesFree } from '../hugepages.ts';
import { setMtu } from '../mtu.ts';
import { ownNetdev } from '../netdevs.ts';
import type { Netdev, SimState } from '../state.ts';
import { open } from '../vlans.ts';
import type { WantedIface } from './bridge-wants.ts';
import { entry, numberOf, put } from './database.ts';
import type { Datum } from './datum.ts';
import { fullPci, pageBytes, probe, registration } from './dpdk.ts';
import { isWhole, type WholePort, wholePort } from './dpdk-whole.ts';
import type { DpdkDevice, Vswitchd } from './state.ts';
import { ovsVersion } from './version.ts';

/** Why a port of type dpdk cannot be set up; '' if it can (netdev-dpdk.c; facts §0b, §13.10). */
export function dpdkFault(state: SimState, daemon: Vswitchd, iface: WantedIface): string {
  const devargs = entry(iface.row, 'options', 'dpdk-devargs');
  if (devargs === '')
    return `'${iface.name}' is missing 'options:dpdk-devargs'. The old 'dpdk<port_id>' names are not supported`;
  const whole = attachedWhole(state, daemon, devargs);
  if (whole !== undefined) return wholeFault(state, daemon, iface, whole);
  const netdev = attached(state, daemon, devargs);
  if (!netdev) return `Error attaching device '${devargs}' to DPDK`;
  const other = Object.entries(daemon.dpdkPorts).find(
    ([name, at]) => at === netdev.ifindex && name !== iface.name,
  );
  if (other)
    return `'${iface.name}' is trying to use device '${devargs}' which is already in use by '${other[0]}'`;
  const mtu = wantedMtu(iface);
  // It does not reconfigure a port whose configuration is unchanged (netdev-dpdk.c, netdev_dpdk_reconfigure).
  if (daemon.dpdkPorts[iface.name] === netdev.ifindex && daemon.dpdkMtus[iface.name] === mtu) return '';
  const why = takePort(state, daemon, netdev, mtu);
  if (why !== '') return `could not add network device ${iface.name} to ofproto (${why})`;
  daemon.dpdkPorts[iface.name] = netdev.ifindex;
  daemon.dpdkMtus[iface.name] = mtu;
  return '';
}

export function dropDpdkPort(daemon: Vswitchd, port: string): void {
  delete daemon.dpdkPorts[port];
  delete daemon.dpdkMtus[port];
  delete daemon.wholePorts?.[port];
}

/** The PCI address of a function that DPDK drives itself. */
function attachedWhole(state: SimState, daemon: Vswitchd, devargs: string): string | undefined {
  const pci = fullPci(devargs);
  return known(state, daemon, pci)?.registration === 'vfio' && isWhole(state, pci) ? pci : undefined;
}

function wholeFault(state: SimState, daemon: Vswitchd, iface: WantedIface, pci: string): string {
  const ports = daemon.wholePorts ?? {};
  const other = Object.entries(ports).find(([name, taken]) => taken.pci === pci && name !== iface.name);
  if (other)
    return `'${iface.name}' is trying to use device '${pci}' which is already in use by '${other[0]}'`;
  const asked = wantedMtu(iface);
  const mtu = asked > cardOf(state).maxMtu ? 1500 : asked;
  daemon.wholePorts = { ...ports, [iface.name]: { pci, mtu } };
  if (takePool(state, daemon, mtu)) return '';
  delete daemon.wholePorts[iface.name];
  return `could not add network device ${iface.name} to ofproto (Cannot allocate memory)`;
}

/** Without `mtu_request`, DPDK sets its own default on the kernel's netdev (netdev-dpdk.c, dpdk_eth_dev_port_config). */
function wantedMtu(iface: WantedIface): number {
  return numberOf(iface.row, 'mtu_request') ?? 1500;
}

/** NETDEV_DPDK_MAX_PKT_LEN minus Ethernet's header and FCS: a larger request is ignored. */
const maxMtu = 9728 - 18;

/** The kernel's netdev behind the device comes up and gets the port's MTU (mlx5_os.c, mlx5_dev_spawn). */
function takePort(state: SimState, daemon: Vswitchd, netdev: Netdev, mtu: number): string {
  if (!takePool(state, daemon, mtu)) return 'Cannot allocate memory';
  try {
    if (!netdev.up) open(state, netdev);
    if (mtu <= maxMtu && netdev.mtu !== mtu) setMtu(state, netdev, mtu);
    return '';
  } catch (refusal) {
    if (refusal instanceof Refusal) return 'Invalid argument';
    throw refusal;
  }
}

/** mbufs requested for a pool, halved until they fit, and the minimum (netdev-dpdk.c). */
const [mostMbufs, leastMbufs] = [262_144, 16_384];

/** Ports with the same frame size, rounded up to whole KiB, share a pool. */
function takePool(state: SimState, daemon: Vswitchd, mtu: number): boolean {
  const bytes = bufferBytes(mtu);
  if (daemon.pools[bytes] !== undefined) return true;
  sweep(state, daemon);
  const room = hugepagesFree(state) + Math.max(0, daemon.socketPages - poolPages(daemon));
  for (let count = mostMbufs; count >= leastMbufs; count /= 2) {
    const pages = Math.ceil((count * (bytes + 384)) / pageBytes);
    if (pages > room) continue;
    daemon.pools[bytes] = pages;
    return true;
  }
  return false;
}

/** The frame with Ethernet's header and two tags, rounded up, plus DPDK's headroom (dpdk_buf_size). */
function bufferBytes(mtu: number): number {
  return Math.ceil((mtu + 26) / 1024) * 1024 + 128;
}

/** Frees pools that no port uses any more. */
function sweep(state: SimState, daemon: Vswitchd): void {
  const ports = Object.keys(daemon.dpdkPorts).flatMap((name) => dpdkNetdev(state, name) ?? []);
  const whole = Object.values(daemon.wholePorts ?? {});
  const used = new Set([...ports, ...whole].map(({ mtu }) => String(bufferBytes(mtu))));
  for (const bytes of Object.keys(daemon.pools)) if (!used.has(bytes)) delete daemon.pools[bytes];
}

function poolPages(daemon: Vswitchd): number {
  return Object.values(daemon.pools).reduce((sum, pages) => sum + pages, 0);
}

/** The netdev of the port that the mlx5 driver finds for these devargs. */
function attached(state: SimState, daemon: Vswitchd, devargs: string): Netdev | undefined {
  const [address = '', more = ''] = devargs.split(/,(.*)/s);
  const pf = pfAt(state, fullPci(address));
  const device = pf && known(state, daemon, pf.pci);
  if (!pf || !device || device.registration !== registration(state, pf.pci)) return undefined;
  const spec = /(?:^|,)representor=(.*?)(?:,[a-z_]+=|$)/.exec(more)?.[1];
  if (spec === undefined) return ownNetdev(state, pf.pci);
  const [only, ...rest] = representors(spec, pf.port);
  return only && rest.length === 0 ? representorNetdev(state, pf.port, device, only) : undefined;
}

/** Devices that were missing at the start are probed when a port needs them. */
function known(state: SimState, daemon: Vswitchd, pci: string): DpdkDevice | undefined {
  const there = daemon.devices.find((device) => device.pci === pci);
  if (there) return there;
  const found = probe(state, pci);
  if (found) daemon.devices.push(found);
  return found;
}

interface Representor {
  readonly pf: number;
  readonly vf: number;
}

/** `[0]`, `vf3`, `pf1vf0`, `pf[0,1]vf[0-2]`, `(pf[0-1])vf0`. An unknown form stands for a VF that does not exist. */
function representors(spec: string, port: number): readonly Representor[] {
  const [, pfs, vfs = ''] = /^\(?(?:pf(\[[\d,-]+\]|\d+))?\)?(?:vf)?(\[[\d,-]+\]|\d+)$/.exec(spec) ?? [];
  if (vfs === '') return [{ pf: -1, vf: -1 }];
  const ports = pfs === undefined ? [port] : numbers(pfs);
  return ports.flatMap((pf) => numbers(vfs).map((vf) => ({ pf, vf })));
}

function numbers(text: string): readonly number[] {
  return text
    .replace(/[[\]]/g, '')
    .split(',')
    .flatMap((part) => {
      const [from = 0, to = from] = part.split('-').map(Number);
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
    });
}

/** The other port's representors can be reached only through a bond that DPDK recognised. */
function representorNetdev(
  state: SimState,
  port: number,
  device: DpdkDevice,
  wanted: Representor,
): Netdev | undefined {
  const pf = state.pfs.find((p) => p.port === wanted.pf);
  if (pf?.eswitch !== 'switchdev' || (wanted.pf !== port && !device.bonded)) return undefined;
  return state.netdevs.find((n) => n.kind === 'representor' && n.pci === pf.pci && n.vf === wanted.vf);
}

/** The netdev behind a port, or the function itself. */
export function behind(state: SimState, name: string): Pick<Netdev, 'mac' | 'mtu'> | undefined {
  return wholePort(state, state.ovs.daemon, name) ?? dpdkNetdev(state, name);
}

/** The netdev behind a working port. */
export function dpdkNetdev(state: SimState, name: string): Netdev | undefined {
  const ifindex = state.ovs.daemon?.dpdkPorts[name];
  return ifindex === undefined ? undefined : state.netdevs.find((n) => n.ifindex === ifindex);
}

/** Writes what the daemon reports about a port, depending on whether it works. */
export function tellDpdk(state: SimState, iface: WantedIface, works: boolean): void {
  const whole = works ? wholePort(state, state.ovs.daemon, iface.name) : undefined;
  if (whole) tellWhole(state, iface, whole);
  else tellNetdev(state, iface, works ? dpdkNetdev(state, iface.name) : undefined);
}

function tellWhole(state: SimState, { row, name }: WantedIface, port: WholePort): void {
  put(row, 'admin_state', [['up']]);
  put(row, 'link_state', [[port.hasLink ? 'up' : 'down']]);
  put(row, 'mac_in_use', [[port.mac]]);
  put(row, 'mtu', [[port.mtu]]);
  const { vendor, device } = cardOf(state);
  put(row, 'status', [
    ['bus_info', `bus_name=pci, vendor_id=${vendor}, device_id=${device}`],
    ['driver_name', port.driver],
    ['if_descr', `${ovsVersion(state).dpdk} ${port.driver}`],
    ['if_type', '6'],
    ['numa_id', '0'],
    ['port_no', String(Object.keys(state.ovs.daemon?.wholePorts ?? {}).indexOf(name))],
  ]);
}

function tellNetdev(state: SimState, iface: WantedIface, netdev: Netdev | undefined): void {
  const { row } = iface;
  const none: Datum = [];
  put(row, 'admin_state', netdev ? [['up']] : none);
  put(row, 'link_state', netdev ? [[hasCarrier(state, netdev) ? 'up' : 'down']] : none);
  put(row, 'mac_in_use', netdev ? [[netdev.mac]] : none);
  put(row, 'mtu', netdev ? [[netdev.mtu]] : none);
  put(row, 'ifindex', netdev ? [[netdev.ifindex]] : none);
  put(row, 'status', netdev ? status(state, netdev) : none);
}

function status(state: SimState, netdev: Netdev): Datum {
  const { vendor, device, vfDevice } = cardOf(state);
  const id = netdev.kind === 'representor' ? vfDevice : device;
  return [
    ['bus_info', `bus_name=pci, vendor_id=${vendor}, device_id=${id}`],
    ['driver_name', 'mlx5_pci'],
    ['if_descr', `${ovsVersion(state).dpdk} mlx5_pci`],
    ['if_type', '6'],
    ['numa_id', '0'],
    ['port_no', String(Object.values(state.ovs.daemon?.dpdkPorts ?? {}).indexOf(netdev.ifindex))],
  ];
}
