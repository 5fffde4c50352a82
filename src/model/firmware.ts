import type { PciAddress } from './names.ts';
import type { Seen } from './unseen.ts';

/** What the firmware tools say about one card, queried through its first PF: settings and flash belong to the card, not to a port. */
export interface FirmwareState {
  readonly flash: Seen<FlashState>;
  readonly settings: Seen<FirmwareSettings>;
  readonly resets: Seen<readonly ResetLevel[]>;
}

/** Of a card's flash, or of an image in a file. */
export interface FlashState {
  /** Which board it is for: `MT_0000000013`. */
  readonly psid: string;
  /** `16.35.4554`. */
  readonly version: string;
  /** The version that runs, if it is a different one; undefined for an image. */
  readonly running: string | undefined;
  /** `19.11.2024`, as it is printed. */
  readonly date: string | undefined;
}

export interface FirmwareSettings {
  /** `ConnectX5`; undefined if the tool does not say. */
  readonly family: string | undefined;
  /** `MCX516A-CDA_Ax_Bx`. */
  readonly part: string | undefined;
  readonly byName: { readonly [name: string]: FirmwareSetting };
}

/** A number if it is one (`16` for `16`, `1` for `True(1)`), else the text; undefined if the card does not say. */
export interface FirmwareSetting {
  readonly byDefault: number | string | undefined;
  readonly now: number | string | undefined;
  /** In effect after the next reset or start. */
  readonly next: number | string;
}

export interface ResetLevel {
  readonly level: number;
  /** `Driver restart and PCI reset`. */
  readonly does: string;
  readonly supported: boolean;
  readonly isDefault: boolean;
}

/** The highest reset level that a running host can do (mstfwreset, PCI_RESET); the next one is a restart of the host. */
export const pciReset = 3;

/** The folder on the host with what was read from a card before anything was written to it. */
export const firmwareFolder = '/var/lib/vflane/firmware';

/** Where an image for this board is kept once it has been read from the card, or supplied. */
export function keptImage(psid: string, version: string): string {
  return `${firmwareFolder}/${psid}-${version}.bin`;
}

/** `0000:03:00` of `0000:03:00.1`: both ports are one card. */
export function cardOf(pci: PciAddress): string {
  return pci.slice(0, pci.lastIndexOf('.'));
}

/** The first PF of each card, through which its tools query it. */
export function firstPfs(pfs: readonly PciAddress[]): readonly PciAddress[] {
  const byCard = new Map<string, PciAddress>();
  for (const pci of [...pfs].sort()) if (!byCard.has(cardOf(pci))) byCard.set(cardOf(pci), pci);
  return [...byCard.values()];
}

/** Negative if the first is older. Parts that are not numbers count as 0. */
export function compareVersions(one: string, other: string): number {
  const parts = (text: string) => text.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [parts(one), parts(other)];
  for (let place = 0; place < Math.max(left.length, right.length); place++) {
    const apart = (left[place] ?? 0) - (right[place] ?? 0);
    if (apart !== 0) return apart;
  }
  return 0;
}

const pages: { readonly [model: string]: string } = {
  'ConnectX-4': 'connectx4en',
  'ConnectX-4 Lx': 'connectx4lxen',
  'ConnectX-5': 'connectx5en',
  'ConnectX-5 Ex': 'connectx5en',
  'ConnectX-6 Dx': 'connectx6dx',
  'ConnectX-6 Lx': 'connectx6lx',
};

/** Where NVIDIA offers firmware for a card: vflane never fetches any. */
export function firmwarePage(model: string | undefined): string {
  const page = model === undefined ? undefined : pages[model];
  return `https://network.nvidia.com/support/firmware/${page ?? 'firmware-downloads'}/`;
}
