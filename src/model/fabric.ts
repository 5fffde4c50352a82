import type { Found } from './found.ts';
import type {
  FabricName,
  GuestName,
  HostName,
  IfName,
  MacAddress,
  NetworkName,
  PciAddress,
} from './names.ts';

/** What the file asks for, with every default filled in and every name checked. */
export interface Fabric {
  /** Goes into every MAC, so that two fabrics on one wire never collide. */
  readonly name: FabricName;
  readonly networks: readonly Network[];
  readonly hosts: readonly FabricHost[];
  readonly source: Source;
}

/** Where each key of the file stands, so that a finding made later can still point at its line. */
export interface Source {
  readonly file: string;
  /** Key path (`hosts.alpha.datapath`) → line and column, both from 1; for a key that is not written, those of the mapping that would hold it. */
  readonly places: { get(path: string): { readonly line: number; readonly col: number } | undefined };
}

/** A tenant's layer 2. */
export interface Network {
  readonly name: NetworkName;
  /** VLAN id on legacy-vlan hosts, VNI on overlay hosts. */
  readonly id: number;
  /** Bytes of IP packet a guest may send. */
  readonly mtu: number;
  /** Canonical CIDRs. */
  readonly subnets: readonly string[];
  readonly gateways: readonly string[];
  readonly dns: readonly string[];
  /** Addresses off the hosts that a guest's bond probes by ARP (IPv4) or ND (IPv6), to notice a dead switch. */
  readonly arpTargets: readonly string[];
  readonly uplink?: { readonly host: HostName; readonly vlan: number };
}

export type Datapath = 'legacy-vlan' | 'ovs-tc' | 'ovs-dpdk';

export interface FabricHost {
  readonly name: HostName;
  readonly connect: Connect;
  readonly datapath: Datapath;
  readonly nic: Nic;
  /** VFs in the pool of each port. */
  readonly vfs: number;
  readonly underlay?: Underlay;
  readonly offload: 'required' | 'preferred' | 'off';
  readonly guests: readonly Guest[];
  /** What somebody set up by hand and vflane leaves as it is. */
  readonly asFound?: readonly Found[];
}

export type Connect =
  | { readonly kind: 'local' }
  | { readonly kind: 'ssh'; readonly destination: string }
  | { readonly kind: 'lab'; readonly machine: HostName }
  | { readonly kind: 'sim'; readonly card: string; readonly kernel: string; readonly numOfVfs: number };

export type Nic =
  /** The PFs in the order of their ports. */
  { readonly kind: 'pfs'; readonly pfs: readonly [PciAddress, PciAddress] } | { readonly kind: 'software' };

export interface Underlay {
  /** CIDR. */
  readonly address: string;
  readonly vlan?: number;
  readonly routes: readonly { readonly to: string; readonly via: string }[];
  readonly arpTargets: readonly string[];
  /** Without a card, the netdevs that carry the underlay. */
  readonly ports: readonly IfName[];
  /** Alternatively, the PCI functions that DPDK takes from the kernel to carry it. */
  readonly functions?: readonly PciAddress[];
  /** The address is already on the host and stays the host's own. */
  readonly adopt: boolean;
}

export type GuestKind = 'vm' | 'netns' | 'external' | 'host';

interface AnyGuest {
  readonly name: GuestName;
  readonly attachments: readonly Attachment[];
}

export type Guest =
  | (AnyGuest & { readonly kind: 'vm'; readonly vm: VmSpec })
  | (AnyGuest & { readonly kind: Exclude<GuestKind, 'vm'>; readonly vm?: undefined });

export interface VmSpec {
  readonly cpus: number;
  readonly memoryMiB: number;
  /** An absolute path on the host, or a name in the host's folder of images. */
  readonly disk: string;
  /** The size of the disk; the image's own if it is left out. */
  readonly diskMiB?: number;
  readonly hugepages: boolean;
  /** PCI functions of the host that it is given besides its VFs. */
  readonly pci: readonly PciAddress[];
  readonly manager: 'systemd' | 'libvirt';
  readonly autostart: boolean;
  readonly firmware: 'bios' | 'uefi';
  readonly cloudInit: CloudInit | 'none';
}

export interface CloudInit {
  /** Of the image's default user. */
  readonly sshKeys: readonly string[];
  /** A file on the host, like `disk`. */
  readonly userData?: string;
}

/** A guest on a network. */
export interface Attachment {
  readonly network: NetworkName;
  /** Index of its VF in the pool: on legacy-vlan, of each port; on an overlay, counted over port 0's pool and then port 1's. By default the first free one. */
  readonly vf?: number;
  /** CIDRs. */
  readonly addresses: readonly string[];
  readonly dhcp: boolean;
  /** DHCPv6. */
  readonly dhcp6?: boolean;
  /** As given in the file, one for each VF of the attachment; missing ones are derived. */
  readonly macs: readonly MacAddress[];
  /** Megabits per second, 0 for no limit. */
  readonly maxRateMbps: number;
  readonly trust: boolean;
  readonly spoofchk: boolean;
}
