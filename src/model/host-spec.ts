import type { Datapath, GuestKind } from './fabric.ts';
import type { GuestName, HostName, IfName, MacAddress, NetworkName, PciAddress } from './names.ts';
import type { NftLines } from './nft-table.ts';

/** What one host should have: plain data, without a word of how it is reached or what is there now. */
export interface HostSpec {
  readonly host: HostName;
  readonly datapath: Datapath;
  readonly nics: readonly NicSpec[];
  readonly guests: readonly GuestSpec[];
  /** Which VF index each attachment has; what the ledger remembers. */
  readonly allocation: Allocation;
  /** Only where tenants' networks are tunnels. */
  readonly overlay?: OverlaySpec;
}

/** What an overlay host has besides its card. */
export interface OverlaySpec {
  /** This host's tunnel address, without prefix length. */
  readonly local: string;
  /** The tunnel addresses of the fabric's other hosts: nobody else may send VXLAN here. */
  readonly peers: readonly string[];
  /** `other_config` of Open vSwitch, which a restart makes count. */
  readonly settings: { readonly [key: string]: string };
  readonly bridges: readonly BridgeSpec[];
  /** Bridge → its OpenFlow flows in canonical text, sorted. */
  readonly flows: { readonly [bridge: string]: readonly string[] };
  /** vflane's own nftables table, which lets VXLAN in from the peers only. */
  readonly guard: NftLines;
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
  /** Where this host joins the network to one VLAN of the physical network. */
  readonly uplink?: { readonly port: IfName; readonly vlan: number };
}

/** A guest's port on its network's bridge. */
export interface GuestPortSpec {
  readonly guest: GuestName;
  readonly network: NetworkName;
  /** The port's name, in OpenFlow and in OVSDB, and its netdev's. */
  readonly port: IfName;
  /** The type of its OVS interface; absent for a netdev of the kernel. */
  readonly type?: 'dpdk';
  readonly mac: MacAddress;
  /** CIDRs. */
  readonly addresses: readonly string[];
  readonly dhcp: boolean;
  /** DHCPv6. */
  readonly dhcp6?: boolean;
  /** Whether what it sends is held to its MAC and addresses. */
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
  /** The kernel's bond over both PFs, which carries the underlay. */
  readonly bond?: HostBondSpec;
}

export interface HostBondSpec {
  readonly name: IfName;
  /** Bytes. */
  readonly mtu: number;
  readonly monitor: LinkMonitor;
  /** CIDR of the tunnel address; absent where the host brings its own. */
  readonly address?: string;
  /** Whether the card has to make a VF-LAG of it. */
  readonly lag: boolean;
}

export interface PfSpec {
  readonly pci: PciAddress;
  /** Bytes; sized for the pool, because changing it later resets igb's VFs (facts §17). */
  readonly mtu: number;
  readonly numVfs: number;
  readonly eswitch: 'legacy' | 'switchdev';
  readonly vfs: readonly VfSpec[];
}

/** Every VF of the pool, spare ones included: what nobody owns must reach nothing. */
export interface VfSpec {
  readonly index: number;
  readonly owner?: { readonly guest: GuestName; readonly network: NetworkName };
  /** Absent: the card's own choice. */
  readonly mac?: MacAddress;
  /** 0: untagged; only a spare VF has it. */
  readonly vlan: number;
  readonly spoofchk: boolean;
  readonly trust: boolean;
  /** Megabits per second, 0 for no limit. */
  readonly maxRateMbps: number;
  readonly linkState: 'auto' | 'disable';
  /** `native`: the driver the host would use itself; `none`: no driver at all. */
  readonly driver: 'vfio-pci' | 'native' | 'none';
  /** Its representor on the host, in switchdev: the name it is given, and its MTU in bytes. */
  readonly representor?: { readonly name: IfName; readonly mtu: number };
}

export interface GuestSpec {
  readonly name: GuestName;
  readonly kind: GuestKind;
  readonly lanes: readonly LaneSpec[];
}

/** One attachment as the guest sees it: a bond over a VF of each port, or the one VF itself, under the same name. */
export interface LaneSpec {
  readonly network: NetworkName;
  readonly bond: IfName;
  readonly members: readonly LaneMember[];
  /** Without a card: the lane is one end of a veth pair, and this is the other. */
  readonly veth?: { readonly port: IfName; readonly mac: MacAddress };
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
