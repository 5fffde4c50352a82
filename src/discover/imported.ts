import type { Datapath } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { Found } from '../model/found.ts';
import type { HostName } from '../model/names.ts';

/** A host that somebody set up, as a file would describe it. */
export interface ImportedHost {
  readonly name: HostName;
  readonly connectText: string;
  /** A description for readers of the file. */
  readonly says: readonly string[];
  readonly datapath: Datapath;
  /** As YAML. */
  readonly nic: string;
  /** Absent without a card. */
  readonly vfs?: number;
  readonly underlay?: ImportedUnderlay;
  readonly offload?: 'preferred' | 'off';
  readonly guests: readonly ImportedGuest[];
  readonly networks: readonly ImportedNetwork[];
  readonly asFound: readonly Found[];
  /** What is unsafe in it, and what of it no file can express. */
  readonly findings: readonly Finding[];
}

export interface ImportedUnderlay {
  /** CIDR. */
  readonly address: string;
  readonly vlan?: number;
  readonly ports: readonly string[];
}

export interface ImportedNetwork {
  /** The same on all hosts that have it. */
  readonly name: string;
  readonly id: number;
  /** Bytes. */
  readonly mtu: number;
  readonly gateways: readonly string[];
  readonly arpTargets: readonly string[];
}

export interface ImportedGuest {
  readonly name: string;
  readonly kind: 'external' | 'netns' | 'host';
  readonly says: string;
  readonly attachments: readonly ImportedAttachment[];
}

export interface ImportedAttachment {
  readonly network: string;
  /** Absent without a card. */
  readonly vf?: number;
  /** Port 0's first; empty unless all are set. */
  readonly macs: readonly string[];
  /** CIDRs. */
  readonly addresses: readonly string[];
  readonly maxRateMbps: number;
  readonly trust: boolean;
  readonly spoofchk: boolean;
}
