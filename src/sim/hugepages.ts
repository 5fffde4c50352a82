import { Refusal } from './errno.ts';
import { machineMib, machinePages } from './machines/memory.ts';
import type { SimState } from './state.ts';

/** The machine's memory, and how much of it the kernel and its programs need, in MiB. */
export const memoryMib = 64 * 1024;
const reservedMib = 8 * 1024;
export const pageSizesKib = [2048, 1048576] as const;
export type PageSizeKib = (typeof pageSizesKib)[number];

/** 2-MiB pages that vswitchd takes while it runs with DPDK: a few at the start, and a pool for each frame size. */
function dpdkPages(state: SimState): number {
  const { daemon } = state.ovs;
  if (!daemon?.dpdk) return 0;
  const pools = Object.values(daemon.pools).reduce((sum, pages) => sum + pages, 0);
  return Math.max(daemon.socketPages, pools + 16);
}

export function hugepagesOf(state: SimState, size: PageSizeKib): number {
  return state.hugepages[String(size)] ?? 0;
}

/** Unused pages. */
export function hugepagesFree(state: SimState, size: PageSizeKib = 2048): number {
  const held = (size === 2048 ? dpdkPages(state) : 0) + machinePages(state, size);
  return Math.max(0, hugepagesOf(state, size) - held);
}

/** The kernel allocates as many as memory allows, without an error about the rest (mm/hugetlb.c). */
export function setHugepages(state: SimState, size: PageSizeKib, text: string): void {
  if (!/^\d+\n?$/.test(text)) throw new Refusal('EINVAL');
  const others = pageSizesKib.filter((s) => s !== size).map((s) => hugepagesOf(state, s) * (s / 1024));
  const room = memoryMib - reservedMib - others.reduce((sum, mib) => sum + mib, 0);
  const held = hugepagesOf(state, size) - hugepagesFree(state, size);
  state.hugepages[String(size)] = Math.max(held, Math.min(Number(text), Math.floor(room / (size / 1024))));
}

/** Memory used neither by the kernel and the programs nor by hugepages, in MiB. */
export function freeMib(state: SimState): number {
  const pages = pageSizesKib.reduce((sum, size) => sum + hugepagesOf(state, size) * (size / 1024), 0);
  return memoryMib - reservedMib - pages - machineMib(state);
}

/** Lines of /proc/meminfo, or of a NUMA node's, where `before` is the prefix with the node's number. */
export function meminfo(state: SimState, before = ''): string {
  const kib = (name: string, mib: number) =>
    `${before}${`${name}:`.padEnd(16)}${`${mib * 1024}`.padStart(8)} kB\n`;
  const free = freeMib(state);
  const files = before === '' ? kib('MemAvailable', free) : kib('FilePages', 0) + kib('Shmem', 0);
  return kib('MemTotal', memoryMib) + kib('MemFree', free) + files;
}
