/** What surrounds a tenant's packet on the wire. */
export interface Encapsulation {
  readonly tunnel: 'none' | 'vxlan4' | 'vxlan6';
  /** Whether the outermost frame has an 802.1Q tag. */
  readonly tagged: boolean;
}

/** Ethernet header, FCS, preamble with start of frame, and the gap between frames (IEEE 802.3). */
const aroundAFrame = 14 + 4 + 8 + 12;
/** Inner Ethernet, VXLAN, UDP, outer IP (RFC 7348; facts §7.4). */
const aroundATunnel = { none: 0, vxlan4: 14 + 8 + 8 + 20, vxlan6: 14 + 8 + 8 + 40 } as const;
const aTag = 4;
/** TCP with timestamps, which Linux uses by default. */
const tcpHeader = 20 + 12;
const ipHeader = { 4: 20, 6: 40 } as const;

/** Bytes on the wire for one full packet of a guest. */
export function wireBytes(mtu: number, { tunnel, tagged }: Encapsulation): number {
  return mtu + aroundAFrame + aroundATunnel[tunnel] + (tagged ? aTag : 0);
}

/**
 * The most TCP can carry over a line of this rate, in bits per second (facts §11).
 * `mtu` is the guest's, in bytes; `family` is that of the guests' addresses.
 */
export function wireLimit(lineBps: number, mtu: number, around: Encapsulation, family: 4 | 6 = 4): number {
  return (lineBps * (mtu - ipHeader[family] - tcpHeader)) / wireBytes(mtu, around);
}
