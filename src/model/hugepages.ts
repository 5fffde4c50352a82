import type { HostSpec } from './host-spec.ts';

/** Where pages of 2 MiB are counted and reserved: the whole `host`, or one NUMA node, `node0` (admin-guide/mm/hugetlbpage.rst). */
export function hugepagesPath(place: string): string {
  const folder =
    place === 'host' ? '/sys/kernel/mm/hugepages' : `/sys/devices/system/node/${place}/hugepages`;
  return `${folder}/hugepages-2048kB/nr_hugepages`;
}

/** Pages of 2 MiB that back the memory of a host's VMs. */
export function guestPages({ guests }: HostSpec): number {
  const made = guests.flatMap(({ machine }) => (machine?.hugepages ? [machine.memoryMiB / 2] : []));
  return made.reduce((sum, pages) => sum + pages, 0);
}
