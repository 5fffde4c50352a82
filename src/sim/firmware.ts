import type { Firmware, SimState } from './state.ts';

const asBought = '16.35.4554';
/** The board id that images for the simulated card must have, and the card's part number. */
export const psid = 'MT_0000000013';
export const partName = 'MCX516A-CDA_Ax_Bx';

export function firmwareOf(state: SimState): Firmware {
  return state.firmware ?? { running: asBought, flashed: asBought, sriov: true, nextSriov: true };
}

export function setFirmware(state: SimState, change: Partial<Firmware>): void {
  state.firmware = { ...firmwareOf(state), ...change };
}

/** At a reset of the card or a reboot: the flash's firmware starts, and its settings take effect. */
export function loadFirmware(state: SimState): void {
  const { flashed, nextSriov } = firmwareOf(state);
  if (state.firmware) setFirmware(state, { running: flashed, sriov: nextSriov });
  state.numOfVfs = nextSriov ? state.nextNumOfVfs : 0;
}

export interface Image {
  readonly version: string;
  readonly psid: string;
  readonly date: string;
}

/** Images on every simulated host's disk, as if a person had put them there: a newer one, and another board's. */
const images: { readonly [path: string]: Image } = {
  '/root/fw-ConnectX5-rel-16_35_8002-MCX516A-CDA_Ax_Bx.bin': {
    version: '16.35.8002',
    psid,
    date: '2.6.2026',
  },
  '/root/fw-ConnectX5-rel-16_31_2006-MCX516A-CDA_Ax_Bx.bin': {
    version: '16.31.2006',
    psid,
    date: '31.8.2021',
  },
  '/root/fw-ConnectX5-rel-16_35_8002-MCX512A-ACA_Ax_Bx.bin': {
    version: '16.35.8002',
    psid: 'MT_0000000080',
    date: '2.6.2026',
  },
};

const header = 'SIMULATED-FIRMWARE ';

/** `missing`: no such file; `none`: a file that is not an image. */
export function imageAt(state: SimState, path: string): Image | 'missing' | 'none' {
  const text = Object.hasOwn(state.files, path) ? (state.files[path] ?? '') : undefined;
  if (text?.startsWith(header)) return JSON.parse(text.slice(header.length)) as Image;
  if (text !== undefined) return 'none';
  return Object.hasOwn(images, path) ? (images[path] ?? 'missing') : 'missing';
}

/** The content of a file with an image read from the flash. */
export function imageText(version: string, of: string = psid, date = '19.11.2024'): string {
  return `${header}${JSON.stringify({ version, psid: of, date } satisfies Image)}`;
}
