import type { PciAddress } from './names.ts';
import type { Seen } from './unseen.ts';

/** What the firmware tools say of one card, asked by its first PF: settings and flash are the card's, not the port's. */
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
  /** What runs, where that is another one; of an image, undefined. */
  readonly running: string | undefined;
  /** `19.11.2024`, as it is printed. */
  readonly date: string | undefined;
}

export interface FirmwareSettings {
  /** `ConnectX5`; undefined where the tool does not say. */
  readonly family: string | undefined;
  /** `MCX516A-CDA_Ax_Bx`. */
  readonly part: string | undefined;
  readonly byName: { readonly [name: string]: FirmwareSetting };
}

/** A number where it is one: `16` of `16`, `1` of `True(1)`; else the text. Undefined: the card does not tell. */
export interface FirmwareSetting {
  readonly byDefault: number | string | undefined;
  readonly now: number | string | undefined;
  /** From the next reset or start on. */
  readonly next: number | string;
}

export interface ResetLevel {
  readonly level: number;
  /** `Driver restart and PCI reset`. */
  readonly does: string;
  readonly supported: boolean;
  readonly isDefault: boolean;
}

/** The level that a running host can do (mstfwreset, PCI_RESET); the one above it is a restart of the host. */
export const pciReset = 3;

/** On the host: what was read out of a card before something was written to it. */
export const firmwareFolder = '/var/lib/vflane/firmware';

/** Where an image of this board lies once it was read out, or was given. */
export function keptImage(psid: string, version: string): string {
  return `${firmwareFolder}/${psid}-${version}.bin`;
}

/** `0000:03:00` of `0000:03:00.1`: both ports are one card. */
export function cardOf(pci: PciAddress): string {
  return pci.slice(0, pci.lastIndexOf('.'));
}

/** The first PF of each card, by which its tools are asked. */
export function firstPfs(pfs: readonly PciAddress[]): readonly PciAddress[] {
  const byCard = new Map<string, PciAddress>();
  for (const pci of [...pfs].sort()) if (!byCard.has(cardOf(pci))) byCard.set(cardOf(pci), pci);
  return [...byCard.values()];
}

/** Negative where the first is older. Parts that are not numbers count as nothing. */
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
