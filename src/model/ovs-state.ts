import type { Seen } from './unseen.ts';

/** What ovsdb-server has, as far as it matters here. */
export interface OvsState {
  readonly version: string;
  /** `other_config` of the one Open_vSwitch row, and `alternative`: which daemon Debian starts, if somebody chose one. */
  readonly settings: { readonly [key: string]: string };
  readonly dpdkInitialized: boolean;
  /** Whether ovs-vswitchd answers too, besides ovsdb-server. */
  readonly daemon: Seen<boolean>;
  readonly bridges: readonly OvsBridge[];
}

export interface OvsBridge {
  readonly name: string;
  /** Empty for the kernel's. */
  readonly datapathType: string;
  readonly failMode: string;
  readonly externalIds: { readonly [key: string]: string };
  /** MAC that it was given (`other_config:hwaddr`); empty if it chooses itself. */
  readonly hwaddr: string;
  readonly ports: readonly OvsPort[];
  /** OpenFlow flows in canonical text, sorted. */
  readonly flows: Seen<readonly string[]>;
}

/** A port with its interface; for a bond of OVS, the interface's values are those of its first member. */
export interface OvsPort {
  readonly name: string;
  readonly protected: boolean;
  readonly tag: number | undefined;
  readonly type: string;
  readonly options: { readonly [key: string]: string };
  /** DPDK's arguments, by interface; empty for one that is not DPDK's. */
  readonly devargs: { readonly [member: string]: string };
  readonly externalIds: { readonly [key: string]: string };
  /** Why it, or any of its members, does not work, though ovs-vsctl exited 0. */
  readonly error: string;
  /** Names of its interfaces. */
  readonly members: readonly string[];
  /** `active-backup` and so on; empty if none is set. */
  readonly bondMode: string;
  /** Bytes; 0 if none was asked for. */
  readonly mtuRequest: number;
}

/** The parts into which Debian splits Open vSwitch's DPDK build. */
export interface DpdkParts {
  /** `12`, `13`; undefined on another system. */
  readonly debian: number | undefined;
  /** Those of the relevant packages that are installed, such as `librte-net-mlx5-25`. */
  readonly packages: readonly string[];
  /** Paths that Debian's alternative `ovs-vswitchd` may be set to; empty if there is no such alternative. */
  readonly daemons: readonly string[];
}

/** The files of vflane's that are read when ovs-vswitchd starts. */
export interface OvsStart {
  /** Text of the unit's drop-in; null if there is none. */
  readonly dropIn: Seen<string | null>;
  readonly script: Seen<string | null>;
  /** Bridge → its kept flows, in one text. */
  readonly flows: Seen<{ readonly [bridge: string]: Seen<string> }>;
}
