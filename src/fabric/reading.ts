import type { Connect, Datapath, FabricHost, GuestKind, Nic, VmSpec } from '../model/fabric.ts';
import type { Found } from '../model/found.ts';
import type { IfName, PciAddress } from '../model/names.ts';
import type { Address, Cidr } from './address.ts';
import type { At } from './cursor.ts';
import type { KeyPath } from './place.ts';

/** The file as far as it could be read. What is undefined was missing or wrong, and has its finding already. */
export interface Reading {
  readonly name: At<string> | undefined;
  readonly networks: readonly ReadNetwork[];
  readonly hosts: readonly ReadHost[];
}

export interface ReadNetwork {
  readonly key: string;
  readonly path: KeyPath;
  readonly id: number | undefined;
  readonly mtu: number;
  readonly subnets: readonly At<Cidr>[];
  readonly gateways: readonly At<Address>[];
  readonly dns: readonly At<Address>[];
  readonly arpTargets: readonly At<Address>[];
  readonly uplink: { readonly host: At<string> | undefined; readonly vlan: number | undefined } | undefined;
}

export interface ReadHost {
  readonly key: string;
  readonly path: KeyPath;
  readonly connect: Connect | undefined;
  readonly connectText: string | undefined;
  readonly datapath: Datapath | undefined;
  readonly nic: Nic | undefined;
  /** Undefined if it is wrong, not if it is left out. */
  readonly vfs: number | undefined;
  readonly underlayGiven: boolean;
  readonly underlay: ReadUnderlay | undefined;
  /** As it is written. */
  readonly offload: FabricHost['offload'] | undefined;
  readonly guests: readonly ReadGuest[];
  readonly asFound: readonly Found[];
  /** Keys under it that name no place. */
  readonly noPlaces: readonly At<string>[];
}

export interface ReadUnderlay {
  readonly path: KeyPath;
  readonly address: At<Cidr> | undefined;
  readonly vlan: number | undefined;
  readonly routes: readonly { readonly to: At<Cidr> | undefined; readonly via: At<Address> | undefined }[];
  readonly arpTargets: readonly At<Address>[];
  readonly ports: readonly At<IfName | PciAddress>[];
  /** Whether any are written, right or wrong. */
  readonly portsGiven: boolean;
  readonly adopt: boolean;
}

export interface ReadGuest {
  readonly key: string;
  readonly path: KeyPath;
  /** Every kind that is written, valid or not, in the order of the file. */
  readonly kinds: readonly GuestKind[];
  /** No mapping at all. */
  readonly broken: boolean;
  readonly vm: VmSpec | undefined;
  /** Functions that a VM is given besides its VFs. */
  readonly passed: readonly At<PciAddress>[];
  /** Written as anything but an empty mapping. */
  readonly hasNetworks: boolean;
  readonly attachments: readonly ReadAttachment[];
}

export interface ReadAttachment {
  /** The network's name as it is written. */
  readonly key: string;
  readonly path: KeyPath;
  readonly addresses: readonly At<Cidr>[];
  /** Addresses that stand under the other family's key. */
  readonly misplaced: readonly At<Cidr>[];
  /** Families that are asked for by DHCP. */
  readonly dhcp: readonly (4 | 6)[];
  readonly vf: number | undefined;
  readonly macs: readonly At<string>[];
  readonly maxRateMbps: number;
  /** Where trust is written, whatever it says. */
  readonly trustAt: KeyPath | undefined;
  readonly trust: boolean;
  readonly spoofchk: boolean;
}

export const defaultMtu = 1500;
export const defaultVfs = 8;
