import type { Datapath, GuestKind } from './fabric.ts';
import type { Found } from './found.ts';
import type { Json } from './json.ts';
import type { MachineSpec } from './machine.ts';
import type { GuestName, HostName, IfName, MacAddress, NetworkName, PciAddress } from './names.ts';
import type { NftTables } from './nft-table.ts';
import type { PreparationSpec } from './preparation.ts';

/** What one host should have: plain data that says neither how it is reached nor what is there now. */
export interface HostSpec {
  readonly host: HostName;
  readonly datapath: Datapath;
  readonly nics: readonly NicSpec[];
  readonly guests: readonly GuestSpec[];
  /** Only where `prepare` asks. */
  readonly preparation?: PreparationSpec;
  /** Which VF index each attachment has; the ledger remembers it. */
  readonly allocation: Allocation;
  /** Only if tenants' networks are tunnels. */
  readonly overlay?: OverlaySpec;
  /** What carries the tunnels. */
  readonly underlay?: UnderlaySpec;
  /** Only if the host is to bring itself back after a reboot. */
  readonly boot?: BootSpec;
  /** What somebody set up by hand and the file leaves as it is. */
  readonly asFound?: readonly Found[];
}

/** What brings a host back after a reboot: how vflane is started there, and what the host has to become. */
export interface BootSpec {
  /** The command as systemd reads it (systemd.service(5), ExecStart). */
  readonly exec: string;
  /** SHA-256 of the copy of vflane that the host keeps for it; absent if it starts an installed one. */
  readonly program?: string;
  /** A `BootSnapshot`; absent if there is no Node to make one. */
  readonly snapshot?: Json;
  /** A `BootDocument`. */
  readonly document: Json;
}

/** How tunnels leave a host: what carries them, from the wire up, and where the tunnel address is. */
export interface UnderlaySpec {
  /** Bytes. */
  readonly mtu: number;
  /** The kernel's bond. */
  readonly bond?: HostBondSpec;
  /** Netdevs of a host without a card: a single port, or the members of a bond. */
  readonly ports: readonly IfName[];
  /** PCI functions that the kernel hands to DPDK whole; the host then has no netdevs for them. */
  readonly functions?: readonly PciAddress[];
  /** VLAN netdevs of the kernel: the underlay's own, and one for each uplink of a network. */
  readonly vlans: readonly VlanLinkSpec[];
  /** Only for the userspace datapath: the bridge that has the ports and the tunnel address. */
  readonly bridge?: UnderlayBridgeSpec;
  /** The netdev that has the tunnel address; absent if the host provides both. */
  readonly netdev?: IfName;
  /** CIDR; absent if the host provides its own. */
  readonly address?: string;
  readonly routes: readonly { readonly to: string; readonly via: string }[];
}

export interface VlanLinkSpec {
  readonly name: IfName;
  /** The netdev that carries it. */
  readonly on: IfName;
  readonly vlan: number;
  /** Bytes. */
  readonly mtu: number;
}

/** A bridge of the userspace datapath: Open vSwitch can route a tunnel only through the bridge that has its address (facts §7.3). */
export interface UnderlayBridgeSpec {
  readonly name: IfName;
  /** Its MAC is that of this PF or netdev, as the kernel's bond has it too (facts §7.3). */
  readonly macOf: PciAddress | IfName;
  /** The members of its one port: PFs through DPDK, or netdevs; several make a bond of Open vSwitch. */
  readonly members: readonly { readonly name: IfName; readonly dpdk?: PciAddress }[];
  /** VLAN id of the underlay; 0 for untagged. */
  readonly vlan: number;
}

/** What an overlay host has in addition to its card. */
export interface OverlaySpec {
  /** This host's tunnel address, without prefix length. */
  readonly local: string;
  /** The tunnel addresses of the fabric's other hosts: nobody else may send VXLAN here. */
  readonly peers: readonly string[];
  /** What takes effect when Open vSwitch starts: keys of `other_config`, and `alternative`, the daemon that Debian starts. */
  readonly settings: { readonly [key: string]: string };
  /** The PF through which DPDK takes the card, or the first function that it takes whole; absent without DPDK. */
  readonly dpdk?: PciAddress;
  /** Pages of 2 MiB that DPDK needs; absent without it. */
  readonly hugepages?: number;
  readonly bridges: readonly BridgeSpec[];
  /** On the underlay's bridge: the far ends of the networks' uplinks. */
  readonly patches: readonly PatchSpec[];
  /** Bridge → its OpenFlow flows in canonical text, sorted. */
  readonly flows: { readonly [bridge: string]: readonly string[] };
  /** Netdevs of the host through which tenants' frames come in: the networks' bridges and their ports. */
  readonly tenantPorts: readonly IfName[];
  /** vflane's own nftables tables, which keep the host itself out of tenants' reach. */
  readonly guard: NftTables;
}

/** A network's bridge on one host. */
export interface BridgeSpec {
  readonly name: IfName;
  readonly network: NetworkName;
  /** VXLAN network identifier (RFC 7348). */
  readonly vni: number;
  /** `system`: the kernel forwards; `netdev`: ovs-vswitchd does. */
  readonly datapathType: 'system' | 'netdev';
  readonly guestPorts: readonly GuestPortSpec[];
  readonly tunnels: readonly TunnelSpec[];
  /** What joins the network to a VLAN of the physical network on this host: a VLAN netdev, or a patch to the underlay's bridge. */
  readonly uplink?: { readonly port: IfName; readonly peer?: IfName };
}

/** One end of a patch between two bridges; the VLAN's frames leave it untagged. */
export interface PatchSpec {
  readonly bridge: IfName;
  readonly port: IfName;
  readonly peer: IfName;
  readonly network: NetworkName;
  readonly vlan: number;
}

/** A guest's port on its network's bridge. */
export interface GuestPortSpec {
  readonly guest: GuestName;
  readonly network: NetworkName;
  /** The name of the port in OpenFlow and OVSDB, and of its netdev. */
  readonly port: IfName;
  /** DPDK's name for it, such as `0000:03:00.0,representor=pf0vf3`; absent for a kernel netdev. */
  readonly devargs?: string;
  readonly mac: MacAddress;
  /** CIDRs. */
  readonly addresses: readonly string[];
  readonly dhcp: boolean;
  /** DHCPv6. */
  readonly dhcp6?: boolean;
  /** Whether it may send only from its own MAC and addresses. */
  readonly spoofchk: boolean;
  /** Bytes. */
  readonly mtu: number;
}

/** A VXLAN tunnel to another host that has the network. */
export interface TunnelSpec {
  readonly host: HostName;
  readonly port: IfName;
  readonly remote: string;
}

/** `guest/network` → VF index, the same on both ports. */
export type Allocation = { readonly [attachment: string]: number };

export interface NicSpec {
  readonly pfs: readonly PfSpec[];
  /** What the card has to make of the bond of its ports; absent if it does not matter. */
  readonly lag?: LagSpec;
}

/** `vf-lag`: both ports carry every VF; `shared-fdb`: they are also one switch, as DPDK needs them to be to see one card. */
export type LagSpec = 'vf-lag' | 'shared-fdb';

export interface HostBondSpec {
  readonly name: IfName;
  /** PFs, because their netdevs' names change; or netdevs of a host without a card. */
  readonly members: readonly (PciAddress | IfName)[];
  readonly monitor: LinkMonitor;
}

export interface PfSpec {
  readonly pci: PciAddress;
  /** Bytes; sized for the pool, because changing it later resets igb's VFs (facts §17). */
  readonly mtu: number;
  readonly numVfs: number;
  readonly eswitch: 'legacy' | 'switchdev';
  readonly vfs: readonly VfSpec[];
}

/** Every VF of the pool, spare ones included: a VF that nobody owns must reach nothing. */
export interface VfSpec {
  readonly index: number;
  readonly owner?: { readonly guest: GuestName; readonly network: NetworkName };
  /** Absent: the card chooses. */
  readonly mac?: MacAddress;
  /** 0: untagged; only a spare VF has it. */
  readonly vlan: number;
  readonly spoofchk: boolean;
  readonly trust: boolean;
  /** Megabits per second, 0 for no limit. */
  readonly maxRateMbps: number;
  readonly linkState: 'auto' | 'disable';
  /** `native`: the driver that the host itself would use; `none`: no driver at all. */
  readonly driver: 'vfio-pci' | 'native' | 'none';
  /** In switchdev, its representor on the host: the name it is given, and its MTU in bytes. */
  readonly representor?: { readonly name: IfName; readonly mtu: number };
}

export interface GuestSpec {
  readonly name: GuestName;
  readonly kind: GuestKind;
  readonly lanes: readonly LaneSpec[];
  /** The VM, if vflane runs it. */
  readonly machine?: MachineSpec;
}

/** One attachment as the guest sees it: a bond over a VF of each port, or the one VF itself under that name. */
export interface LaneSpec {
  readonly network: NetworkName;
  readonly bond: IfName;
  readonly members: readonly LaneMember[];
  /** Without a card: the host's end of the veth pair whose other end is the lane. */
  readonly veth?: { readonly port: IfName; readonly mac: MacAddress };
  /** Without a card, for a VM: the tap that its manager opens, and the MAC of the VM's side. */
  readonly tap?: { readonly port: IfName; readonly mac: MacAddress };
  /** Bytes. */
  readonly mtu: number;
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
  readonly dns: readonly string[];
  readonly dhcp: boolean;
  readonly monitor: LinkMonitor;
}

export interface LaneMember {
  readonly pf: PciAddress;
  readonly index: number;
  readonly ifName: IfName;
  readonly mac: MacAddress;
}

/** `arp` sees a dead switch behind a live carrier; `miimon` does not (facts §8). */
export type LinkMonitor =
  | { readonly kind: 'miimon'; readonly intervalMs: number }
  | { readonly kind: 'arp'; readonly intervalMs: number; readonly targets: readonly string[] };
