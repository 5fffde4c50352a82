import type { Fabric, FabricHost, Guest, VmSpec } from '../../src/model/fabric.ts';
import type { HostState, LinkState, PfState } from '../../src/model/host-state.ts';
import type {
  FabricName,
  GuestName,
  HostName,
  MacAddress,
  NetworkName,
  PciAddress,
} from '../../src/model/names.ts';

export const pf0 = '0000:03:00.0' as PciAddress;
export const pf1 = '0000:03:00.1' as PciAddress;

/** An untouched Debian 13 host with a ConnectX-5. */
export function bareHost(more: Partial<HostState> = {}): HostState {
  return {
    bootId: 'boot-1',
    kernel: '6.12.48+deb13-amd64',
    modules: ['mlx5_core'],
    root: true,
    iommu: true,
    pfs: [barePf(pf0, 'enp3s0f0np0'), barePf(pf1, 'enp3s0f1np1')],
    links: [link('enp3s0f0np0', pf0), link('enp3s0f1np1', pf1)],
    namespaces: {},
    routes: {},
    holders: [],
    session: undefined,
    ...more,
  };
}

export function barePf(pci: PciAddress, netdev: string): PfState {
  const looks = { autoprobe: true, numVfs: 0, totalVfs: 127, vfs: [] };
  return { pci, present: true, driver: 'mlx5_core', id: '15b3:1019', netdev, ...looks };
}

export function link(name: string, parentDev?: string, more: Partial<LinkState> = {}): LinkState {
  return {
    name,
    mac: 'b8:ce:f6:00:00:01',
    up: false,
    carrier: false,
    mtu: 1500,
    maxMtu: 9978,
    master: undefined,
    lower: undefined,
    vlan: undefined,
    parentDev,
    physSwitchId: undefined,
    physPortName: undefined,
    altNames: [],
    kind: undefined,
    alias: undefined,
    addresses: [],
    bond: undefined,
    ...more,
  };
}

export function guest(name: string, kind: Exclude<Guest['kind'], 'vm'>, networks: readonly string[]): Guest {
  return { name: name as GuestName, kind, attachments: attachmentsTo(networks) };
}

export function vmGuest(name: string, vm: VmSpec, networks: readonly string[]): Guest {
  return { name: name as GuestName, kind: 'vm', vm, attachments: attachmentsTo(networks) };
}

function attachmentsTo(networks: readonly string[]): Guest['attachments'] {
  return networks.map((network) => ({
    network: network as NetworkName,
    addresses: [],
    dhcp: false,
    macs: [] as MacAddress[],
    maxRateMbps: 0,
    trust: false,
    spoofchk: true,
  }));
}

export function fabricHost(name: string, guests: readonly Guest[], vfs = 8): FabricHost {
  return {
    name: name as HostName,
    connect: { kind: 'local' },
    datapath: 'legacy-vlan',
    nic: { kind: 'pfs', pfs: [pf0, pf1] },
    vfs,
    offload: 'required',
    guests,
  };
}

/** Networks `storage` (42, MTU 9000) and `household` (43). */
export function fabric(hosts: readonly FabricHost[]): Fabric {
  const network = (name: string, id: number, mtu: number) => ({
    name: name as NetworkName,
    id,
    mtu,
    subnets: [],
    gateways: [],
    dns: [],
    arpTargets: [],
  });
  return {
    name: 'rack7' as FabricName,
    networks: [network('storage', 42, 9000), network('household', 43, 1500)],
    hosts,
    source: { file: 'fabric.yaml', places: new Map() },
  };
}
