import { Refusal } from './errno.ts';
import type { SimState } from './state.ts';

/** The machine's memory and what the kernel and its programs need of it, in MiB. */
const memoryMib = 64 * 1024;
const reservedMib = 8 * 1024;
export const pageSizesKib = [2048, 1048576] as const;
export type PageSizeKib = (typeof pageSizesKib)[number];

/** What vswitchd takes of 2-MiB pages while it runs with DPDK: `dpdk-socket-mem` is 1024 MiB unless said. */
const dpdkPages = 512;

export function hugepagesOf(state: SimState, size: PageSizeKib): number {
  return state.hugepages[String(size)] ?? 0;
}

/** Pages that nobody holds. */
export function hugepagesFree(state: SimState, size: PageSizeKib = 2048): number {
  const held = size === 2048 && state.ovs.daemon?.dpdk ? dpdkPages : 0;
  return Math.max(0, hugepagesOf(state, size) - held);
}

/** The kernel makes as many as there is memory for, and says nothing of the rest (mm/hugetlb.c). */
export function setHugepages(state: SimState, size: PageSizeKib, text: string): void {
  if (!/^\d+\n?$/.test(text)) throw new Refusal('EINVAL');
  const others = pageSizesKib.filter((s) => s !== size).map((s) => hugepagesOf(state, s) * (s / 1024));
  const room = memoryMib - reservedMib - others.reduce((sum, mib) => sum + mib, 0);
  const held = hugepagesOf(state, size) - hugepagesFree(state, size);
  state.hugepages[String(size)] = Math.max(held, Math.min(Number(text), Math.floor(room / (size / 1024))));
}
