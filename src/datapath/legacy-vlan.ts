import type { Attachment, Fabric, FabricHost, Guest, GuestKind, Network } from '../model/fabric.ts';
import type { HostSpec, LaneMember, LaneSpec, LinkMonitor, PfSpec, VfSpec } from '../model/host-spec.ts';
import type { Ledger } from '../model/ledger.ts';
import type { GuestName, MacAddress, NetworkName, PciAddress } from '../model/names.ts';
import { allocate, givenVfs } from './allocation.ts';
import { gatewaysOf } from './gateways.ts';
import { guestMac } from './guest-mac.ts';
import { bondName, memberName } from './lane-name.ts';
import { guestSpec } from './machine.ts';
import { wireMtu } from './wire-mtu.ts';

/** Milliseconds; the shortest interval whose failover the seed relies on (`miimon 100`). */
const monitorIntervalMs = 100;

/**
 * Legacy SR-IOV with VLANs, the seed's first way: each attachment has the VF with one index on both ports, tagged by the
 * card, and the guest bonds the two.
 */
export function expandLegacyVlan(fabric: Fabric, host: FabricHost, ledger: Ledger): HostSpec {
  const networks = new Map(fabric.networks.map((network) => [network.name, network]));
  const attached = attachmentsOf(fabric, host, networks);
  const allocation = allocate([...attached.keys()], ledger.allocation, host.vfs, givenVfs(host));
  const pfs = host.nic.kind === 'pfs' ? host.nic.pfs : [];
  const mtu = wireMtu(fabric);
  const owners = new Map(Object.entries(allocation).map(([name, index]) => [index, attached.get(name)]));
  const pfSpec = (pci: PciAddress, port: number): PfSpec => ({
    pci,
    mtu,
    numVfs: host.vfs,
    eswitch: 'legacy',
    vfs: Array.from({ length: host.vfs }, (_, index) => vfSpec(owners.get(index), index, port)),
  });
  const laneSpecs = ({ name, attachments }: Guest): readonly LaneSpec[] =>
    attachments.flatMap(({ network }) => {
      const owner = attached.get(attachmentName(name, network));
      const index = allocation[attachmentName(name, network)];
      return owner && index !== undefined ? [laneSpec(owner, pfs, index)] : [];
    });
  const guests = host.guests.map((guest) => guestSpec(guest, laneSpecs(guest), host));
  const nics = [{ pfs: pfs.map(pfSpec) }];
  return { host: host.name, datapath: host.datapath, nics, guests, allocation };
}

/** A guest on a network, with the MAC of its VF on each port. */
interface Attached {
  readonly guest: Guest;
  readonly attachment: Attachment;
  readonly network: Network;
  readonly macs: readonly [MacAddress, MacAddress];
}

function attachmentsOf(
  fabric: Fabric,
  host: FabricHost,
  networks: ReadonlyMap<NetworkName, Network>,
): ReadonlyMap<string, Attached> {
  const attached = new Map<string, Attached>();
  for (const guest of host.guests) {
    for (const attachment of guest.attachments) {
      const network = networks.get(attachment.network);
      if (!network) continue;
      const mac = (port: number) =>
        attachment.macs[port] ?? guestMac(fabric.name, guest.name, network.name, port);
      attached.set(attachmentName(guest.name, network.name), {
        guest,
        attachment,
        network,
        macs: [mac(0), mac(1)],
      });
    }
  }
  return attached;
}

function attachmentName(guest: GuestName, network: NetworkName): string {
  return `${guest}/${network}`;
}

function vfSpec(owner: Attached | undefined, index: number, port: number): VfSpec {
  return owner ? ownedVf(owner, index, port) : spareVf(index);
}

/** VLAN 0 is the untagged wire, where the hosts themselves may live: a spare VF has no driver and no link. */
function spareVf(index: number): VfSpec {
  const closed = {
    vlan: 0,
    spoofchk: true,
    trust: false,
    maxRateMbps: 0,
    linkState: 'disable',
    driver: 'none',
  } as const;
  return { index, ...closed };
}

function ownedVf({ guest, attachment, network, macs }: Attached, index: number, port: number): VfSpec {
  const mac = macs[port];
  return {
    index,
    owner: { guest: guest.name, network: network.name },
    ...(mac === undefined ? {} : { mac }),
    vlan: network.id,
    spoofchk: attachment.spoofchk,
    trust: attachment.trust,
    maxRateMbps: attachment.maxRateMbps,
    linkState: 'auto',
    driver: drivers[guest.kind],
  };
}

const drivers: { readonly [kind in GuestKind]: VfSpec['driver'] } = {
  vm: 'vfio-pci',
  external: 'vfio-pci',
  netns: 'native',
  host: 'native',
};

function laneSpec(owner: Attached, pfs: readonly PciAddress[], index: number): LaneSpec {
  const { attachment, network, macs } = owner;
  const members = pfs.flatMap((pf, port): readonly LaneMember[] => {
    const mac = macs[port];
    return mac === undefined ? [] : [{ pf, index, ifName: memberName(network.name, port), mac }];
  });
  return {
    network: network.name,
    bond: bondName(network.name),
    members,
    mtu: network.mtu,
    addresses: attachment.addresses,
    gateways: gatewaysOf(network, attachment),
    dns: network.dns,
    dhcp: attachment.dhcp,
    monitor: linkMonitor(network),
  };
}

function linkMonitor({ arpTargets }: Network): LinkMonitor {
  return arpTargets.length > 0
    ? { kind: 'arp', intervalMs: monitorIntervalMs, targets: arpTargets }
    : { kind: 'miimon', intervalMs: monitorIntervalMs };
}
