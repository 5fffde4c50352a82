import type { Attachment, Fabric, FabricHost, Guest, GuestKind, Network } from '../model/fabric.ts';
import type {
  Allocation,
  GuestSpec,
  HostSpec,
  LaneMember,
  LaneSpec,
  LinkMonitor,
  PfSpec,
  VfSpec,
} from '../model/host-spec.ts';
import type { Ledger } from '../model/ledger.ts';
import type { PciAddress } from '../model/names.ts';
import { allocate } from './allocation.ts';
import { guestMac } from './guest-mac.ts';
import { bondName, memberName } from './lane-name.ts';

/** What the seed adds to the guests' MTU on the PFs, in bytes: room for VLAN and tunnel headers (facts §7.4). */
const headroom = 80;
/** Milliseconds; the shortest interval whose failover the seed relies on (`miimon 100`). */
const monitorIntervalMs = 100;

/**
 * Legacy SR-IOV with VLANs, the seed's first way: each attachment has the VF of one index on both ports, tagged by the
 * card, and the guest bonds the two.
 */
export function expandLegacyVlan(fabric: Fabric, host: FabricHost, ledger: Ledger): HostSpec {
  const allocation = allocate(attachmentsOf(host).map(attachmentName), ledger.allocation, host.vfs);
  const pfs = host.nic.kind === 'pfs' ? host.nic.pfs : [];
  const mtu = Math.max(1500, ...fabric.networks.map((network) => network.mtu)) + headroom;
  const vfSpec = vfSpecs(fabric, host, allocation);
  const pfSpec = (pci: PciAddress, port: number): PfSpec => ({
    pci,
    mtu,
    numVfs: host.vfs,
    vfs: Array.from({ length: host.vfs }, (_, index) => vfSpec(index, port)),
  });
  const guests = host.guests.map((guest) => guestSpec(fabric, guest, pfs, allocation));
  return { host: host.name, datapath: host.datapath, nics: [{ pfs: pfs.map(pfSpec) }], guests, allocation };
}

interface Attached {
  readonly guest: Guest;
  readonly attachment: Attachment;
}

function attachmentsOf(host: FabricHost): readonly Attached[] {
  return host.guests.flatMap((guest) => guest.attachments.map((attachment) => ({ guest, attachment })));
}

function attachmentName({ guest, attachment }: Attached): string {
  return `${guest.name}/${attachment.network}`;
}

function vfSpecs(fabric: Fabric, host: FabricHost, allocation: Allocation) {
  const owners = new Map(
    attachmentsOf(host).map((attached) => [allocation[attachmentName(attached)], attached]),
  );
  const networks = new Map(fabric.networks.map((network) => [network.name, network]));
  return (index: number, port: number): VfSpec => {
    const owner = owners.get(index);
    const network = owner && networks.get(owner.attachment.network);
    return owner && network ? ownedVf(fabric, owner, network, index, port) : spareVf(index);
  };
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

function ownedVf(fabric: Fabric, owner: Attached, network: Network, index: number, port: number): VfSpec {
  const { guest, attachment } = owner;
  return {
    index,
    owner: { guest: guest.name, network: network.name },
    mac: attachment.macs[port] ?? guestMac(fabric.name, guest.name, network.name, port),
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

function guestSpec(
  fabric: Fabric,
  guest: Guest,
  pfs: readonly PciAddress[],
  allocation: Allocation,
): GuestSpec {
  const lanes = guest.attachments.flatMap((attachment) => {
    const network = fabric.networks.find((candidate) => candidate.name === attachment.network);
    const index = allocation[attachmentName({ guest, attachment })];
    return network && index !== undefined ? [laneSpec(fabric, guest, attachment, network, pfs, index)] : [];
  });
  return { name: guest.name, kind: guest.kind, lanes };
}

function laneSpec(
  fabric: Fabric,
  guest: Guest,
  attachment: Attachment,
  network: Network,
  pfs: readonly PciAddress[],
  index: number,
): LaneSpec {
  const member = (pf: PciAddress, port: number): LaneMember => ({
    pf,
    index,
    ifName: memberName(network.name, port),
    mac: attachment.macs[port] ?? guestMac(fabric.name, guest.name, network.name, port),
  });
  return {
    network: network.name,
    bond: bondName(network.name),
    members: pfs.map(member),
    mtu: network.mtu,
    addresses: attachment.addresses,
    gateways: network.gateways,
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
