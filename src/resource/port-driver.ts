import type { FunctionState, HostState } from '../model/host-state.ts';
import type { Action, Probe } from '../model/plan.ts';
import { isUnseen, type Unseen } from '../model/unseen.ts';
import { pciPath, type Resource } from './resource.ts';
import { settleUdev } from './settle-udev.ts';

/** DPDK's drivers for these work alongside the kernel's own, and need it (DPDK, mlx5.rst, "Linux Prerequisites"). */
const bifurcated: ReadonlySet<string> = new Set(['mlx4_core', 'mlx5_core', 'mana']);

/**
 * The driver of a port that DPDK takes whole: `vfio-pci`, through `driver_override`, so that no other function of the
 * same kind is taken (facts §3.3). Its netdev goes with the kernel's driver, and comes back with it.
 */
export const portDriver: Resource = {
  kind: 'port-driver',
  timeoutMs: 20_000,
  wanted: ({ underlay }, { functions = [] }) =>
    (underlay?.functions ?? [])
      .filter((pci) => !functions.some((one) => one.pci === pci && bifurcated.has(one.driver ?? '')))
      .map((at) => ({ at, value: 'vfio-pci' })),
  there: (state) =>
    (state.functions ?? [])
      .filter(({ present }) => present)
      .map((one) => ({ at: one.pci, value: seen(one, state) })),
  move: (at, from, to) => ({ actions: [...unbind(at, from as Port), ...bind(at, to as Port)] }),
  settled: (at, to) => [
    { link: pciPath(at, 'driver'), is: driverOf(to as Port) },
    ...netdevProbes(at, to as Port),
  ],
  why: (_from, to) =>
    to === taken
      ? 'Take the ports from the kernel: DPDK drives them itself.'
      : 'Give the ports back to the kernel’s own driver, and the host its netdevs.',
};

const taken = 'vfio-pci';

/** A driver without a netdev; a driver with one, and that netdev's settings; or none. */
type Port = string | { readonly driver: string; readonly mtu: number; readonly up: boolean } | null;

/** `none waits for vfio-pci` is what the next probe of that driver would bind. */
function seen({ driver, driverOverride, netdev }: FunctionState, { links }: HostState): Port | Unseen {
  if (driverOverride !== '' && driverOverride !== driver)
    return `${driver ?? 'none'}${waiting}${driverOverride}`;
  if (driver === undefined) return null;
  if (netdev === undefined) return driver;
  if (isUnseen(links)) return links;
  const link = links.find(({ name }) => name === netdev);
  return link === undefined ? driver : { driver, mtu: link.mtu, up: link.up };
}

const waiting = ' waits for ';

/** '' for none. */
function driverOf(port: Port): string {
  if (port === null || typeof port === 'string')
    return (port ?? '').split(waiting)[0]?.replace(/^none$/, '') ?? '';
  return port.driver;
}

function unbind(pci: string, from: Port): readonly Action[] {
  const driver = driverOf(from);
  return driver === '' ? [] : [{ write: `/sys/bus/pci/drivers/${driver}/unbind`, text: pci }];
}

/** Without an override the kernel finds the driver by itself; a line break clears it (drivers/pci/pci-sysfs.c, driver_override_store). */
function bind(pci: string, to: Port): readonly Action[] {
  const driver = driverOf(to);
  const later = typeof to === 'string' ? to.split(waiting)[1] : undefined;
  const override = (text: string): Action => ({ write: pciPath(pci, 'driver_override'), text });
  return [
    override(driver === taken ? driver : '\n'),
    ...(driver === '' ? [] : [{ write: '/sys/bus/pci/drivers_probe', text: pci }]),
    ...(later === undefined ? [] : [override(later)]),
    ...(to === null || typeof to === 'string' ? [] : netdevAsItWas(pci, to)),
  ];
}

function netdevProbes(pci: string, port: Port): readonly Probe[] {
  if (port === null || typeof port === 'string') return [];
  const query = ['ip', '-j', '-d', 'link', 'show', 'dev', [{ netdevOf: pci }]];
  return [
    { query, at: ['0', 'mtu'], is: port.mtu },
    { query, at: ['0', 'flags', '=UP'], is: port.up ? 'UP' : null },
  ];
}

/** The driver recreates it, under a name that udev changes at once. */
function netdevAsItWas(pci: string, { mtu, up }: Exclude<Port, string | null>): readonly Action[] {
  const words = ['mtu', `${mtu}`, up ? 'up' : 'down'];
  return [settleUdev, { run: ['ip', 'link', 'set', 'dev', [{ netdevOf: pci }], ...words] }];
}
