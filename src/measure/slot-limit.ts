/** A PCIe link as sysfs shows it. */
export interface Slot {
  /** Gigatransfers per second: `current_link_speed`. */
  readonly gigatransfers: number;
  /** Lanes: `current_link_width`. */
  readonly lanes: number;
}

/** Header, sequence number and CRCs of a packet with 64-bit addresses (facts §11). */
const aroundATlp = 24;
/** Bytes; the largest that servers use. It is assumed for a slot whose own is unknown, so that the limit is never too low. */
export const largestPayload = 512;

/** The most a slot carries in one direction, in bits per second, before flow control and descriptors (2–3 % more). */
export function slotLimit({ gigatransfers, lanes }: Slot, payloadBytes: number = largestPayload): number {
  // Gen 1 and 2 are coded 8b/10b, from Gen 3 on 128b/130b.
  const coding = gigatransfers > 5 ? 128 / 130 : 8 / 10;
  return (gigatransfers * 1e9 * lanes * coding * payloadBytes) / (payloadBytes + aroundATlp);
}

/** `16.0 GT/s PCIe` and `8`; undefined if the function is not in a real slot (`Unknown`, 255 lanes). */
export function parseSlot(speed: string, width: string): Slot | undefined {
  const gigatransfers = Number(/^(\d+(\.\d+)?) GT\/s/.exec(speed.trim())?.[1]);
  const lanes = Number(/^\d+$/.exec(width.trim())?.[0]);
  return gigatransfers > 0 && lanes > 0 && lanes <= 32 ? { gigatransfers, lanes } : undefined;
}

/** Parses `lspci -vv` of the function: `MaxPayload 256 bytes` under DevCtl is what is set, under DevCap what is possible. */
export function parseMaxPayload(text: string): number | undefined {
  const [, set = ''] = /^\s*DevCtl:([\s\S]*?)^\s*DevSta:/m.exec(text) ?? [];
  const bytes = Number(/\bMaxPayload (\d+) bytes/.exec(set)?.[1]);
  return bytes >= 128 && bytes <= 4096 ? bytes : undefined;
}
