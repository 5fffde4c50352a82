import type { Fabric, FabricHost, Network } from '../model/fabric.ts';
import type { BridgeSpec, GuestPortSpec, OverlaySpec, PatchSpec, TunnelSpec } from '../model/host-spec.ts';
import type { IfName, PciAddress } from '../model/names.ts';
import { underlayBridgeName } from '../model/underlay-bridge.ts';
import { bridgeFlows } from './bridge-flows.ts';
import { dpdkPages } from './dpdk-memory.ts';
import type { Lane } from './overlay-lanes.ts';
import { bridgeName, guestPortName, patchPortName, tunnelPortName, uplinkPortName } from './port-name.ts';
import { wireMembers } from './underlay.ts';
import { underlayFlows } from './underlay-flows.ts';
import { wireMtu } from './wire-mtu.ts';

export interface OverlayKind {
  readonly datapathType: BridgeSpec['datapathType'];
  readonly settings: OverlaySpec['settings'];
  /** The PF through which DPDK has the card, or the first function that it takes whole. */
  readonly dpdk?: PciAddress;
}

/** What overlays share: a bridge for each network of the host, its guests' ports, and a tunnel to every other host that has it. */
export function overlayOf(
  fabric: Fabric,
  host: FabricHost,
  kind: OverlayKind,
  lanes: readonly Lane[],
): Omit<OverlaySpec, 'guard'> {
  const local = addressOf(host);
  const others = fabric.hosts.filter((other) => other !== host && addressOf(other) !== '');
  const networks = fabric.networks.filter((network) => hasNetwork(host, network));
  const patches = kind.datapathType === 'netdev' ? patchesOf(host, networks) : [];
  const bridges = networks.map((network) => ({
    ...bridgeOf(network, others, kind),
    guestPorts: guestPortsOf(host, network, lanes, host.nic.kind === 'pfs' ? kind.dpdk : undefined),
    ...uplinkOf(host, network, kind),
  }));
  const peers = others.map(addressOf);
  const flows = bridges.map((bridge) => [bridge.name, bridgeFlows(bridge)] as const);
  return {
    local,
    peers,
    settings: kind.settings,
    ...(kind.dpdk && { dpdk: kind.dpdk, hugepages: dpdkPages(mtusOf(fabric, networks)) }),
    bridges,
    patches,
    flows: Object.fromEntries([...underlayFlowsOf(host, local, peers, kind, patches), ...flows]),
    tenantPorts: bridges.flatMap(tenantPortsOf),
  };
}

/** A patch and a tunnel have no netdev; a bridge's own port is down, but somebody may bring it up. */
function tenantPortsOf({ name, guestPorts, uplink }: BridgeSpec): readonly IfName[] {
  const wire = uplink !== undefined && uplink.peer === undefined ? [uplink.port] : [];
  return [name, ...guestPorts.map(({ port }) => port), ...wire];
}

/** Those of the guests' ports, and of the wire. */
function mtusOf(fabric: Fabric, networks: readonly Network[]): readonly number[] {
  return [...networks.map(({ mtu }) => mtu), wireMtu(fabric)];
}

/** `192.168.9.2/24` → `192.168.9.2`; empty for a host without an underlay. */
function addressOf({ underlay }: FabricHost): string {
  return underlay?.address.replace(/\/.*$/, '') ?? '';
}

function hasNetwork(host: FabricHost, { name, uplink }: Network): boolean {
  const attached = host.guests.some(({ attachments }) => attachments.some(({ network }) => network === name));
  return attached || uplink?.host === host.name;
}

function bridgeOf(
  network: Network,
  others: readonly FabricHost[],
  { datapathType }: OverlayKind,
): Omit<BridgeSpec, 'guestPorts'> {
  const tunnels = others
    .filter((other) => hasNetwork(other, network))
    .map(
      (other): TunnelSpec => ({
        host: other.name,
        port: tunnelPortName(other.name, network.name),
        remote: addressOf(other),
      }),
    );
  return { name: bridgeName(network.name), network: network.name, vni: network.id, datapathType, tunnels };
}

function uplinkOf(
  host: FabricHost,
  { name, uplink }: Network,
  kind: OverlayKind,
): Pick<BridgeSpec, 'uplink'> {
  if (uplink?.host !== host.name) return {};
  const port = uplinkPortName(name);
  return { uplink: kind.datapathType === 'netdev' ? { port, peer: patchPortName(name) } : { port } };
}

/** In user space a network meets its VLAN on the underlay's bridge, which has the wire. */
function patchesOf(host: FabricHost, networks: readonly Network[]): readonly PatchSpec[] {
  return networks.flatMap(({ name, uplink }) =>
    uplink?.host === host.name
      ? [
          {
            bridge: underlayBridgeName,
            port: patchPortName(name),
            peer: uplinkPortName(name),
            network: name,
            vlan: uplink.vlan,
          },
        ]
      : [],
  );
}

function guestPortsOf(
  host: FabricHost,
  network: Network,
  lanes: readonly Lane[],
  dpdk: PciAddress | undefined,
): readonly GuestPortSpec[] {
  return lanes
    .filter((lane) => lane.network === network)
    .map(({ guest, attachment, mac, slot }) => ({
      guest: guest.name,
      network: network.name,
      port: guestPortName(guest.name, network.name),
      ...(dpdk && { devargs: representorOf(dpdk, slot, host.vfs) }),
      mac,
      addresses: attachment.addresses,
      dhcp: attachment.dhcp,
      ...(attachment.dhcp6 === undefined ? {} : { dhcp6: attachment.dhcp6 }),
      spoofchk: attachment.spoofchk,
      mtu: network.mtu,
    }));
}

/** Under the card's LAG every representor is reached by the first PF (DPDK, mlx5.rst). */
function representorOf(pf: PciAddress, slot: number, vfs: number): string {
  return `${pf},representor=pf${Math.floor(slot / vfs)}vf${slot % vfs}`;
}

function underlayFlowsOf(
  host: FabricHost,
  local: string,
  peers: readonly string[],
  { datapathType }: OverlayKind,
  patches: readonly PatchSpec[],
): readonly (readonly [IfName, readonly string[]])[] {
  if (datapathType !== 'netdev') return [];
  const wires = wireMembers(host).map(({ name }) => name);
  const vlan = host.underlay?.vlan ?? 0;
  return [[underlayBridgeName, underlayFlows({ local, peers, wires, vlan, patches })]];
}
