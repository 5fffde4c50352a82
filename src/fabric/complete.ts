import type {
  Attachment,
  Fabric,
  FabricHost,
  Guest,
  Network,
  Nic,
  Source,
  Underlay,
} from '../model/fabric.ts';
import {
  asFabricName,
  asGuestName,
  asHostName,
  asIfName,
  asMacAddress,
  asNetworkName,
  asPciAddress,
} from '../model/names.ts';
import type { Address, Cidr } from './address.ts';
import type { At } from './cursor.ts';
import type { ReadAttachment, ReadGuest, ReadHost, Reading, ReadNetwork, ReadUnderlay } from './reading.ts';

/** A reading without an error finding → the fabric. */
export function complete(reading: Reading, source: Source): Fabric {
  return {
    name: needed(asFabricName(needed(reading.name).value)),
    networks: reading.networks.map(network),
    hosts: reading.hosts.map(host),
    source,
  };
}

/** The rules have let a file through that lacks it: a defect of ours. */
function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a file without findings lacks something');
  return value;
}

function network(read: ReadNetwork): Network {
  const { uplink } = read;
  return {
    name: needed(asNetworkName(read.key)),
    id: needed(read.id),
    mtu: read.mtu,
    subnets: texts(read.subnets),
    gateways: texts(read.gateways),
    dns: texts(read.dns),
    arpTargets: texts(read.arpTargets),
    ...(uplink && {
      uplink: { host: needed(asHostName(needed(uplink.host).value)), vlan: needed(uplink.vlan) },
    }),
  };
}

function texts(list: readonly At<Cidr | Address>[]): readonly string[] {
  return [...new Set(list.map((item) => item.value.text))];
}

function host(read: ReadHost): FabricHost {
  const nic = needed(read.nic);
  return {
    name: needed(asHostName(read.key)),
    connect: needed(read.connect),
    datapath: needed(read.datapath),
    nic,
    vfs: needed(read.vfs),
    ...(read.underlay && { underlay: underlay(read.underlay, nic) }),
    offload: read.offload ?? (nic.kind === 'software' ? 'off' : 'required'),
    guests: read.guests.map(guest),
    ...(read.asFound.length > 0 && { asFound: read.asFound }),
  };
}

function underlay(read: ReadUnderlay, nic: Nic): Underlay {
  const functions = [...new Set(read.ports.flatMap(({ value }) => asPciAddress(value) ?? []))];
  return {
    address: needed(read.address).value.text,
    ...(read.vlan !== undefined && { vlan: read.vlan }),
    routes: read.routes.map(({ to, via }) => ({ to: needed(to).value.text, via: needed(via).value.text })),
    arpTargets: texts(read.arpTargets),
    ports: [...new Set(read.ports.flatMap(({ value }) => asIfName(value) ?? []))],
    ...(functions.length > 0 && { functions }),
    // Where neither a card nor a port is named, the address can only be the host's own.
    adopt: read.adopt || (nic.kind === 'software' && read.ports.length === 0),
  };
}

function guest(read: ReadGuest): Guest {
  const kind = needed(read.kinds[0]);
  const any = { name: needed(asGuestName(read.key)), attachments: read.attachments.map(attachment) };
  return kind === 'vm' ? { ...any, kind, vm: needed(read.vm) } : { ...any, kind };
}

function attachment(read: ReadAttachment): Attachment {
  return {
    network: needed(asNetworkName(read.key)),
    ...(read.vf !== undefined && { vf: read.vf }),
    addresses: texts(read.addresses),
    dhcp: read.dhcp.includes(4),
    ...(read.dhcp.includes(6) && { dhcp6: true }),
    macs: read.macs.map((mac) => needed(asMacAddress(mac.value))),
    maxRateMbps: read.maxRateMbps,
    trust: read.trust,
    spoofchk: read.spoofchk,
  };
}
