import type { UnderlayBridgeSpec, UnderlaySpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { asPciAddress } from '../model/names.ts';
import type { OvsBridge, OvsPort } from '../model/ovs-state.ts';
import type { Probe } from '../model/plan.ts';
import { underlayBridgeName } from '../model/underlay-bridge.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Resource } from './resource.ts';

/** Its port, if several members are a bond of Open vSwitch. */
const bondPort = 'uplink';

type Wire = {
  /** By name, each with DPDK's arguments; '' for a netdev. */
  readonly members: { readonly [name: string]: string };
  /** Empty if there is only one. */
  readonly bondMode: string;
  /** Why it does not work; '' if it does, and always in what is wanted. */
  readonly error: string;
};

type Bridge = {
  readonly failMode: string;
  readonly hwaddr: string;
  /** VLAN id that the bridge's own port is on; 0 for untagged. */
  readonly vlan: number;
  /** Bytes, of its own port and of the wire's; if they differ, the smaller one; 0 if none was requested. */
  readonly mtu: number;
  readonly wire: Wire | null;
};

/**
 * The bridge that has the wire, where Open vSwitch carries the tunnels itself: a tunnel leaves by the bridge whose own port
 * has the address (facts §7.3). It has the bond's MAC, so that the switches see one station. DPDK's ports have a
 * link-state interrupt, so that a dead one is noticed without polling.
 */
export const underlayBridge: Resource = {
  kind: 'underlay-bridge',
  timeoutMs: 15_000,
  made: true,
  wanted: ({ underlay }, state) =>
    underlay?.bridge
      ? [{ at: underlay.bridge.name, value: wantedBridge(underlay, underlay.bridge, state) }]
      : [],
  there: ({ ovs }) => {
    if (ovs === undefined) return [];
    if (isUnseen(ovs)) return [{ at: '*', value: ovs }];
    return ovs.bridges
      .filter(({ name }) => name === underlayBridgeName)
      .map((seen) => ({ at: seen.name, value: seenBridge(seen) }));
  },
  // DPDK sees a card as it was when the port was added.
  standsOn: (_at, value) => (isByDpdk(value as Bridge) ? ['host-bond bond0', 'ovs-setting dpdk-extra'] : []),
  replaced: (from, to) => JSON.stringify((from as Bridge).wire) !== JSON.stringify((to as Bridge).wire),
  takes: (_at, from, to) => (from === null || to !== null ? undefined : 'everything'),
  move: (at, from, to) => ({ vsctl: commands(at, from as Bridge | null, to as Bridge | null) }),
  settled: (_at, to) => Object.keys((to as Bridge | null)?.wire?.members ?? {}).map(memberWorks),
  why: (_from, to) =>
    to === null
      ? 'Remove the bridge that has the wire.'
      : 'Make the bridge that has the wire and the tunnel address: tunnels leave by it.',
};

/** ovs-vsctl exits 0 though an interface has an error (ovs-vsctl.c, post_db_reload_check), so each member is checked. */
function memberWorks(name: string): Probe {
  return {
    query: ['ovs-vsctl', '--timeout=10', '--format=json', '--columns=name,error', 'list', 'Interface'],
    at: ['data', `0=${name}`, '1'],
    is: ['set', []],
  };
}

function isByDpdk({ wire }: Bridge): boolean {
  return wire !== null && Object.values(wire.members).some((devargs) => devargs !== '');
}

function wantedBridge({ mtu }: UnderlaySpec, spec: UnderlayBridgeSpec, state: HostState): Bridge {
  const members = spec.members.map(({ name, dpdk }) => [name, dpdk ?? ''] as const).sort();
  return {
    failMode: 'secure',
    hwaddr: macOf(spec.macOf, state),
    vlan: spec.vlan,
    mtu,
    wire: {
      members: Object.fromEntries(members),
      bondMode: members.length > 1 ? 'active-backup' : '',
      error: '',
    },
  };
}

/**
 * The kernel's bond has the MAC of its first member (bonding.rst, fail_over_mac). The MAC of a function that DPDK has
 * can no longer be read: the bridge keeps the one that it was given before. One chosen by Open vSwitch would be different after
 * each boot, and the other hosts remember the old one for minutes.
 */
function macOf(of: string, { pfs, functions = [], links, ovs }: HostState): string {
  const taken = functions.find(({ pci }) => pci === of);
  if (taken !== undefined && taken.netdev === undefined) return givenMac(ovs);
  const name = asPciAddress(of) === undefined ? of : (taken ?? pfs.find(({ pci }) => pci === of))?.netdev;
  return isUnseen(links) ? '' : (links.find((link) => link.name === name)?.mac ?? '');
}

function givenMac(ovs: HostState['ovs']): string {
  if (ovs === undefined || isUnseen(ovs)) return '';
  return ovs.bridges.find(({ name }) => name === underlayBridgeName)?.hwaddr ?? '';
}

function seenBridge({ name, failMode, hwaddr, externalIds, ports }: OvsBridge): Bridge {
  const own = ports.find((port) => port.name === name);
  // A patch to a network's bridge belongs to that network.
  const wire = ports.find((port) => port.externalIds['vflane-role'] === 'wire');
  return {
    failMode: externalIds['vflane-role'] === 'underlay' ? failMode : `foreign ${failMode}`,
    hwaddr,
    vlan: own?.tag ?? 0,
    mtu: Math.min(own?.mtuRequest ?? 0, wire?.mtuRequest ?? Number.POSITIVE_INFINITY),
    wire: wire ? seenWire(wire) : null,
  };
}

function seenWire({ members, devargs, bondMode, error }: OvsPort): Wire {
  return {
    members: Object.fromEntries(members.map((name) => [name, devargs[name] ?? ''])),
    bondMode: members.length > 1 ? bondMode : '',
    error,
  };
}

function commands(name: string, from: Bridge | null, to: Bridge | null): readonly (readonly string[])[] {
  if (to === null) return from === null ? [] : [['--if-exists', 'del-br', name]];
  const { failMode, hwaddr, vlan, mtu, wire } = to;
  const settings = [
    'datapath_type=netdev',
    failMode === '' ? 'fail_mode=[]' : `fail_mode=${failMode}`,
    ...(hwaddr === '' ? [] : [`other_config:hwaddr=${hwaddr}`]),
    'external_ids:vflane-role=underlay',
  ];
  return [
    ...(from === null ? [['add-br', name]] : []),
    ['set', 'Bridge', name, ...settings],
    ['set', 'Port', name, vlan === 0 ? 'tag=[]' : `tag=${vlan}`],
    ['set', 'Interface', name, requested(mtu)],
    ...(wire === null ? [] : from === null ? wiring(name, wire, mtu) : widened(wire, from.mtu, mtu)),
  ];
}

function widened({ members }: Wire, from: number, to: number): readonly (readonly string[])[] {
  return from === to ? [] : Object.keys(members).map((name) => ['set', 'Interface', name, requested(to)]);
}

function requested(mtu: number): string {
  return mtu === 0 ? 'mtu_request=[]' : `mtu_request=${mtu}`;
}

function wiring(bridge: string, wire: Wire, mtu: number): readonly (readonly string[])[] {
  const members = Object.entries(wire.members);
  const names = members.map(([name]) => name);
  const [port] = names.length > 1 ? [bondPort] : names;
  if (port === undefined) return [];
  return [
    names.length > 1
      ? ['add-bond', bridge, port, ...names, `bond_mode=${wire.bondMode}`]
      : ['add-port', bridge, port],
    ...members.map(([name, devargs]) => [
      ...['set', 'Interface', name, requested(mtu), 'external_ids:vflane-role=wire'],
      ...(devargs === ''
        ? []
        : ['type=dpdk', `options:dpdk-devargs=${devargs}`, 'options:dpdk-lsc-interrupt=true']),
    ]),
  ];
}
