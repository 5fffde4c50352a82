import type { Attachment, Fabric, FabricHost, Guest, GuestKind, Network } from '../model/fabric.ts';
import type { Allocation, GuestSpec, LaneSpec, VfSpec } from '../model/host-spec.ts';
import type { Ledger } from '../model/ledger.ts';
import type { MacAddress, PciAddress } from '../model/names.ts';
import { allocate, givenVfs } from './allocation.ts';
import { gatewaysOf } from './gateways.ts';
import { guestMac } from './guest-mac.ts';
import { bondName } from './lane-name.ts';
import { guestSpec } from './machine.ts';
import { guestPortName } from './port-name.ts';

const monitorIntervalMs = 100;

/** A guest on a network of an overlay host, and which VF of the two pools it has: port 0's first, then port 1's. */
export interface Lane {
  readonly name: string;
  readonly guest: Guest;
  readonly attachment: Attachment;
  readonly network: Network;
  /** Counted from 0 over both pools: first port 0's VFs, then port 1's. */
  readonly slot: number;
  readonly mac: MacAddress;
}

export function attachedLanes(fabric: Fabric, host: FabricHost, ledger: Ledger): readonly Lane[] {
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
  // Without a card there is no pool to run out of.
  const pool = host.nic.kind === 'software' ? Number.POSITIVE_INFINITY : 2 * host.vfs;
  const allocation: Allocation = allocate(names, ledger.allocation, pool, givenVfs(host));
  return attached.flatMap((lane) => {
    const slot = allocation[lane.name];
    return slot === undefined ? [] : [{ ...lane, slot }];
  });
}

/** The pool of one port, spare VFs included. */
export function poolOf(lanes: readonly Lane[], port: number, vfs: number): readonly VfSpec[] {
  const owners = new Map(lanes.map((lane) => [lane.slot, lane]));
  return Array.from({ length: vfs }, (_, index) => vfSpec(owners.get(vfs * port + index), index));
}

function vfSpec(lane: Lane | undefined, index: number): VfSpec {
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

export function guestSpecs(host: FabricHost, lanes: readonly Lane[]): readonly GuestSpec[] {
  return host.guests.map((guest) => {
    const its = lanes.filter((lane) => lane.guest === guest).map((lane) => laneSpec(lane, host));
    return guestSpec(guest, its, host);
  });
}

/** One VF, under the lane's own name: the card fails over below it, so there is nothing to bond or to monitor. */
function laneSpec(lane: Lane, host: FabricHost): LaneSpec {
  const { network, attachment } = lane;
  return {
    network: network.name,
    bond: bondName(network.name),
    ...endOf(lane, host),
    mtu: network.mtu,
    addresses: attachment.addresses,
    gateways: gatewaysOf(network, attachment),
    dns: network.dns,
    dhcp: attachment.dhcp,
    monitor: { kind: 'miimon', intervalMs: monitorIntervalMs },
  };
}

function endOf(
  { guest, network, slot, mac }: Lane,
  { nic, vfs }: FabricHost,
): Pick<LaneSpec, 'members' | 'veth' | 'tap'> {
  if (nic.kind === 'pfs') {
    const pf: PciAddress = nic.pfs[slot < vfs ? 0 : 1];
    return { members: [{ pf, index: slot % vfs, ifName: bondName(network.name), mac }] };
  }
  const end = { port: guestPortName(guest.name, network.name), mac };
  return drivers[guest.kind] === 'native' ? { members: [], veth: end } : { members: [], tap: end };
}
