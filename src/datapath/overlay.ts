import type { Fabric, FabricHost, Network } from '../model/fabric.ts';
import type { BridgeSpec, GuestPortSpec, OverlaySpec, TunnelSpec } from '../model/host-spec.ts';
import type { NetworkName } from '../model/names.ts';
import { bridgeFlows } from './bridge-flows.ts';
import { guestMac } from './guest-mac.ts';
import { bridgeName, guestPortName, tunnelPortName } from './port-name.ts';
import { underlayGuardLines } from './underlay-guard.ts';

export interface OverlayKind {
  readonly datapathType: BridgeSpec['datapathType'];
  readonly portType?: 'dpdk';
  readonly settings: OverlaySpec['settings'];
}

/** What overlays share: a bridge for each network of the host, its guests' ports, and a tunnel to every other host that has it. */
export function overlayOf(fabric: Fabric, host: FabricHost, kind: OverlayKind): OverlaySpec {
  const local = addressOf(host);
  const others = fabric.hosts.filter((other) => other !== host && addressOf(other) !== '');
  const networks = fabric.networks.filter((network) => hasNetwork(host, network));
  const bridges = networks.map((network) => bridgeOf(fabric, host, network, others, kind));
  const peers = others.map(addressOf);
  return {
    local,
    peers,
    settings: kind.settings,
    bridges,
    flows: Object.fromEntries(bridges.map((bridge) => [bridge.name, bridgeFlows(bridge)])),
    guard: bridges.length === 0 ? [] : underlayGuardLines({ local, peers, bridges }),
  };
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
  fabric: Fabric,
  host: FabricHost,
  network: Network,
  others: readonly FabricHost[],
  { datapathType, portType }: OverlayKind,
): BridgeSpec {
  const tunnels = others
    .filter((other) => hasNetwork(other, network))
    .map(
      (other): TunnelSpec => ({
        host: other.name,
        port: tunnelPortName(other.name, network.name),
        remote: addressOf(other),
      }),
    );
  return {
    name: bridgeName(network.name),
    network: network.name,
    vni: network.id,
    datapathType,
    guestPorts: guestPortsOf(fabric, host, network, portType),
    tunnels,
  };
}

function guestPortsOf(
  fabric: Fabric,
  host: FabricHost,
  network: Network,
  type: 'dpdk' | undefined,
): readonly GuestPortSpec[] {
  return host.guests.flatMap((guest) =>
    guest.attachments.filter(isOf(network.name)).map((attachment) => ({
      guest: guest.name,
      network: network.name,
      port: guestPortName(guest.name, network.name),
      ...(type === undefined ? {} : { type }),
      mac: attachment.macs[0] ?? guestMac(fabric.name, guest.name, network.name, 0),
      addresses: attachment.addresses,
      dhcp: attachment.dhcp,
      ...(attachment.dhcp6 === undefined ? {} : { dhcp6: attachment.dhcp6 }),
      spoofchk: attachment.spoofchk,
      mtu: network.mtu,
    })),
  );
}

function isOf(name: NetworkName) {
  return ({ network }: { readonly network: NetworkName }) => network === name;
}
