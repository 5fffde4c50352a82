import type { Attachment, Fabric, FabricHost, Guest, GuestKind, Network } from '../model/fabric.ts';
import type {
  Allocation,
  GuestSpec,
  HostBondSpec,
  HostSpec,
  LaneSpec,
  PfSpec,
  VfSpec,
} from '../model/host-spec.ts';
import type { Ledger } from '../model/ledger.ts';
import type { IfName, MacAddress, PciAddress } from '../model/names.ts';
import { allocate } from './allocation.ts';
import { guestMac } from './guest-mac.ts';
import { bondName } from './lane-name.ts';
import { overlayOf } from './overlay.ts';
import { guestPortName } from './port-name.ts';

/** Bytes that a tunnel may add to a guest's packet, with some to spare: 50 over IPv4, 70 over IPv6, a tag 4 (facts §7.4). */
const headroom = 80;
const monitorIntervalMs = 100;

/**
 * Open vSwitch with VXLAN, offloaded through tc: the seed's third way. Both ports are one switch (switchdev, a bond, the
 * card's LAG), so a guest has one VF and no bond; its representor is a port of its network's bridge.
 */
export function expandOvsTc(fabric: Fabric, host: FabricHost, ledger: Ledger): HostSpec {
  const lanes = attachedLanes(fabric, host, ledger);
  const allocation = Object.fromEntries(lanes.map(({ name, index }) => [name, index]));
  const pfs = host.nic.kind === 'pfs' ? host.nic.pfs : [];
  const mtu = Math.max(1500, ...fabric.networks.map((network) => network.mtu)) + headroom;
  const pfSpec = (pci: PciAddress, port: number): PfSpec => ({
    pci,
    mtu,
    numVfs: host.vfs,
    eswitch: 'switchdev',
    vfs: Array.from({ length: host.vfs }, (_, index) => vfSpec(lanes, host.vfs * port + index, index)),
  });
  const overlay = overlayOf(fabric, host, {
    datapathType: 'system',
    // Without offload nothing is asked of a setting that a restart of everything would be needed for.
    settings: host.offload === 'off' ? {} : { 'hw-offload': 'true' },
  });
  return {
    host: host.name,
    datapath: host.datapath,
    nics: pfs.length === 0 ? [] : [{ pfs: pfs.map(pfSpec), bond: hostBond(host, mtu) }],
    guests: host.guests.map((guest) => guestSpec(guest, lanes, pfs, host.vfs)),
    allocation,
    overlay,
  };
}

/** The bond carries the tunnels; the card has to make a VF-LAG of it unless the file does without offload. */
function hostBond({ underlay, offload }: FabricHost, mtu: number): HostBondSpec {
  const targets = underlay?.arpTargets ?? [];
  const monitor =
    targets.length > 0
      ? ({ kind: 'arp', intervalMs: monitorIntervalMs, targets } as const)
      : ({ kind: 'miimon', intervalMs: monitorIntervalMs } as const);
  const address = underlay === undefined || underlay.adopt ? {} : { address: underlay.address };
  return { name: 'bond0' as IfName, mtu, monitor, ...address, lag: offload === 'required' };
}

/** A guest on a network, and which VF of the two pools it has: port 0's first, then port 1's. */
interface Lane {
  readonly name: string;
  readonly guest: Guest;
  readonly attachment: Attachment;
  readonly network: Network;
  readonly index: number;
  readonly mac: MacAddress;
}

function attachedLanes(fabric: Fabric, host: FabricHost, ledger: Ledger): readonly Lane[] {
  const networks = new Map(fabric.networks.map((network) => [network.name, network]));
  const attached = host.guests.flatMap((guest) =>
    guest.attachments.flatMap((attachment) => {
      const network = networks.get(attachment.network);
      if (!network) return [];
      const mac = attachment.macs[0] ?? guestMac(fabric.name, guest.name, network.name, 0);
      return [{ name: `${guest.name}/${network.name}`, guest, attachment, network, mac }];
    }),
  );
  const names = attached.map(({ name }) => name);
  const allocation: Allocation = allocate(names, ledger.allocation, 2 * host.vfs);
  return attached.flatMap((lane) => {
    const index = allocation[lane.name];
    return index === undefined ? [] : [{ ...lane, index }];
  });
}

function vfSpec(lanes: readonly Lane[], slot: number, index: number): VfSpec {
  const lane = lanes.find((candidate) => candidate.index === slot);
  const plain = { index, vlan: 0, spoofchk: false, trust: false, linkState: 'auto' } as const;
  if (!lane) return { ...plain, maxRateMbps: 0, driver: 'none' };
  const { guest, attachment, network } = lane;
  return {
    ...plain,
    owner: { guest: guest.name, network: network.name },
    mac: lane.mac,
    maxRateMbps: attachment.maxRateMbps,
    driver: drivers[guest.kind],
    representor: { name: guestPortName(guest.name, network.name), mtu: network.mtu },
  };
}

const drivers: { readonly [kind in GuestKind]: VfSpec['driver'] } = {
  vm: 'vfio-pci',
  external: 'vfio-pci',
  netns: 'native',
  host: 'native',
};

function guestSpec(guest: Guest, lanes: readonly Lane[], pfs: readonly PciAddress[], vfs: number): GuestSpec {
  const own = lanes.filter((lane) => lane.guest === guest);
  return { name: guest.name, kind: guest.kind, lanes: own.flatMap((lane) => laneSpec(lane, pfs, vfs)) };
}

/** One VF under the lane's own name: the card fails over below it, so there is nothing to bond or to watch. */
function laneSpec(
  { guest, network, attachment, index, mac }: Lane,
  pfs: readonly PciAddress[],
  vfs: number,
): readonly LaneSpec[] {
  const pf = pfs[Math.floor(index / vfs)];
  const name = bondName(network.name);
  const end =
    pf === undefined
      ? { members: [], veth: { port: guestPortName(guest.name, network.name), mac } }
      : { members: [{ pf, index: index % vfs, ifName: name, mac }] };
  return [
    {
      network: network.name,
      bond: name,
      ...end,
      mtu: network.mtu,
      addresses: attachment.addresses,
      gateways: network.gateways,
      dns: network.dns,
      dhcp: attachment.dhcp,
      monitor: { kind: 'miimon', intervalMs: monitorIntervalMs },
    },
  ];
}
