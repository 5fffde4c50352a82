import type { HostSpec } from './host-spec.ts';

/** Where pages of 2 MiB are counted and asked for: of the whole `host`, or of one NUMA node, `node0` (admin-guide/mm/hugetlbpage.rst). */
export function hugepagesPath(place: string): string {
  const folder =
    place === 'host' ? '/sys/kernel/mm/hugepages' : `/sys/devices/system/node/${place}/hugepages`;
  return `${folder}/hugepages-2048kB/nr_hugepages`;
}

/** Pages of 2 MiB that a host's VMs are made of. */
export function guestPages({ guests }: HostSpec): number {
  const made = guests.flatMap(({ machine }) => (machine?.hugepages ? [machine.memoryMiB / 2] : []));
  return made.reduce((sum, pages) => sum + pages, 0);
}
