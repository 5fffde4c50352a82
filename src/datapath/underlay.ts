import type { FabricHost, Network, Underlay } from '../model/fabric.ts';
import type { HostBondSpec, UnderlayBridgeSpec, UnderlaySpec } from '../model/host-spec.ts';
import type { IfName } from '../model/names.ts';
import { underlayBridgeName } from '../model/underlay-bridge.ts';
import { uplinkPortName } from './port-name.ts';

const monitorIntervalMs = 100;
const bond0 = 'bond0' as IfName;

/** @param mtu bytes @param uplinks networks that this host joins to a physical VLAN */
export type UnderlayOf = (host: FabricHost, mtu: number, uplinks: readonly Network[]) => UnderlaySpec;

/**
 * The kernel carries the tunnels over a bond of the card's ports or the host's; a single port is used as it is. The
 * address is on it, outside every bridge: tc offloads a tunnel only where its route leaves by the card (facts §7.3).
 */
export const kernelUnderlay: UnderlayOf = (host, mtu, uplinks) => {
  const { underlay } = host;
  const bond = kernelBond(host);
  const [port] = underlay?.ports ?? [];
  const base = bond?.name ?? port;
  const road = { mtu, ports: underlay?.ports ?? [], ...(bond && { bond }) };
  if (base === undefined) return { ...road, vlans: [], routes: underlay?.routes ?? [] };
  const own = underlay?.vlan;
  const netdev = own === undefined ? base : (`underlay.${own}` as IfName);
  return {
    ...road,
    vlans: [
      ...(own === undefined ? [] : [{ name: netdev, on: base, vlan: own, mtu }]),
      ...uplinks.flatMap(({ name, uplink, mtu: inner }) =>
        uplink ? [{ name: uplinkPortName(name), on: base, vlan: uplink.vlan, mtu: inner }] : [],
      ),
    ],
    netdev,
    ...addressOf(underlay),
  };
};

/**
 * Open vSwitch carries the tunnels itself. With a card, the kernel's bond exists for the card's sake; without one the
 * host's ports are a bond of Open vSwitch, so that the kernel has no part in it.
 */
export const userspaceUnderlay: UnderlayOf = (host, mtu) => {
  const { nic, underlay } = host;
  const bond = nic.kind === 'pfs' ? kernelBond(host) : undefined;
  const ports = underlay?.ports ?? [];
  const vlan = underlay?.vlan ?? 0;
  const members = wireMembers(host);
  const [first] = members;
  return {
    mtu,
    ...(bond && { bond }),
    ports,
    ...(underlay?.functions && { functions: underlay.functions }),
    vlans: [],
    ...(first && { bridge: { name: underlayBridgeName, macOf: first.dpdk ?? first.name, members, vlan } }),
    netdev: underlayBridgeName,
    ...addressOf(underlay),
  };
};

/** The wire of the underlay's bridge. A function that DPDK takes whole has no netdev that could name its port. */
export function wireMembers({ nic, underlay }: FabricHost): UnderlayBridgeSpec['members'] {
  if (nic.kind === 'pfs') return [{ name: 'p0' as IfName, dpdk: nic.pfs[0] }];
  const taken = (underlay?.functions ?? []).map((dpdk, port) => ({ name: `p${port}` as IfName, dpdk }));
  return [...taken, ...(underlay?.ports ?? []).map((name) => ({ name }))];
}

function addressOf(underlay: Underlay | undefined): Pick<UnderlaySpec, 'address' | 'routes'> {
  const routes = underlay?.routes ?? [];
  return underlay === undefined || underlay.adopt ? { routes } : { address: underlay.address, routes };
}

function kernelBond({ nic, underlay, datapath }: FabricHost): HostBondSpec | undefined {
  const members = nic.kind === 'pfs' ? nic.pfs : (underlay?.ports ?? []);
  if (members.length < 2) return undefined;
  // Under DPDK the answers would never come back to the kernel.
  const targets = datapath === 'ovs-tc' ? (underlay?.arpTargets ?? []) : [];
  const monitor =
    targets.length > 0
      ? ({ kind: 'arp', intervalMs: monitorIntervalMs, targets } as const)
      : ({ kind: 'miimon', intervalMs: monitorIntervalMs } as const);
  return { name: bond0, members, monitor };
}
