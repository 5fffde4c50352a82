import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { FirmwareState, FlashState } from '../model/firmware.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { Holder, HostState, PfState } from '../model/host-state.ts';
import type { Ledger } from '../model/ledger.ts';
import type { PciAddress } from '../model/names.ts';
import type { VfWindow } from '../model/survey.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';

/** A card with everything that has to be known before its firmware is touched. */
export interface FirmwareCard {
  /** Its first PF, through which its tools query it. */
  readonly pci: PciAddress;
  /** `ConnectX-5 Ex`; undefined if the id is unknown. */
  readonly model: string | undefined;
  /** Its PFs, including those that the file does not name. */
  readonly pfs: readonly PfState[];
  readonly firmware: FirmwareState;
  readonly window: Seen<VfWindow>;
  /** It answers as its boot loader. */
  readonly recovery: boolean;
  /** The host's part of the file pairs its ports. */
  readonly hasLag: boolean;
}

/** What a plan for a host's firmware is made from. */
export interface FirmwareAsked {
  readonly fabric: Fabric;
  readonly host: FabricHost;
  readonly spec: HostSpec;
  readonly state: HostState;
  readonly ledger: Ledger;
  readonly cards: readonly FirmwareCard[];
  readonly lockdown: Seen<string> | undefined;
  /** Programs that have an RDMA device's verbs open, as DPDK has for a port that it shares with the kernel. */
  readonly verbsUsers: Seen<readonly Holder[]>;
  readonly image?: { readonly file: string; readonly is: Seen<FlashState> };
  /** NUM_OF_VFS is to be exactly this. */
  readonly vfs?: number;
  readonly reset: boolean;
}

export function seenOf<Value>(value: Seen<Value>): Value | undefined {
  return isUnseen(value) ? undefined : value;
}

/** A setting's future value as a number; undefined if the card has no such setting, or it could not be read. */
export function nextOf({ firmware }: Pick<FirmwareCard, 'firmware'>, name: string): number | undefined {
  const next = seenOf(firmware.settings)?.byName[name]?.next;
  return typeof next === 'number' ? next : undefined;
}

/** mlx5 lag.c: above it the firmware makes no LAG; its setting matters, not the number of VFs in use (facts §1.2). */
export const mostForLag = 64;

/** NUM_OF_VFS as it should be: the number asked for, or enough for the pool, and never lowered except for a LAG. */
export function wantedVfs(asked: Pick<FirmwareAsked, 'host' | 'vfs'>, card: FirmwareCard): number {
  if (asked.vfs !== undefined) return asked.vfs;
  const enough = Math.max(asked.host.vfs, nextOf(card, 'NUM_OF_VFS') ?? 0);
  return card.hasLag ? Math.min(enough, mostForLag) : enough;
}
