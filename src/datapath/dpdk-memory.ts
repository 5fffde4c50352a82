/** Buffers that Open vSwitch requests for a pool; it halves the number if memory is short (lib/netdev-dpdk.c, MAX_NB_MBUF). */
const buffers = 262_144;
/** Ethernet's header and two tags, and the rest of a buffer besides its frame: DPDK's headroom and OVS's own struct. */
const [frame, around] = [26, 1024];
const pageBytes = 2 * 1024 * 1024;
/** What DPDK needs for itself, in pages. */
const own = 64;

/**
 * Pages of 2 MiB that Open vSwitch needs for full pools: one pool for each frame size, rounded up to whole KiB. Every port
 * begins with an MTU of 1500 (lib/netdev-dpdk.c, dpdk_buf_size). @param mtus bytes
 */
export function dpdkPages(mtus: readonly number[]): number {
  const sizes = new Set([1500, ...mtus].map((mtu) => Math.ceil((mtu + frame) / 1024) * 1024));
  const bytes = [...sizes].reduce((sum, size) => sum + buffers * (size + around), 0);
  return own + Math.ceil(bytes / pageBytes);
}
