import type { HostReader } from '../host/host.ts';
import type { HostState } from '../model/host-state.ts';
import { seen } from './look.ts';

/** Memory of which the kernel could still make pages, in MiB: an estimate, for the host or for one NUMA node. */
export async function observeMemory(
  reader: HostReader,
  places: readonly string[],
): Promise<NonNullable<HostState['freeMemoryMib']>> {
  const look = (place: string) =>
    seen(async () =>
      place === 'host'
        ? freeOfHost(await reader.readFile('/proc/meminfo'))
        : freeOfNode(await reader.readFile(`/sys/devices/system/node/${place}/meminfo`)),
    );
  return Object.fromEntries(
    await Promise.all(places.map(async (place) => [place, await look(place)] as const)),
  );
}

/** proc_meminfo(5). @throws TypeError on text that does not say */
export function freeOfHost(text: string): number {
  return inMib(text, 'MemAvailable');
}

/** All the memory that the kernel manages, in MiB. @throws TypeError on text that does not say */
export function totalOfHost(text: string): number {
  return inMib(text, 'MemTotal');
}

/** A node has no MemAvailable, so this is what is free plus the cached files that the kernel would drop (drivers/base/node.c). */
export function freeOfNode(text: string): number {
  return inMib(text, 'MemFree') + inMib(text, 'FilePages') - inMib(text, 'Shmem');
}

function inMib(text: string, name: string): number {
  const kib = new RegExp(`^(?:Node \\d+ )?${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  if (kib === undefined) throw new TypeError(`meminfo says nothing of ${name}`);
  return Math.floor(Number(kib) / 1024);
}
