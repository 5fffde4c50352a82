import type { HostReader } from '../host/host.ts';
import type { FabricHost } from '../model/fabric.ts';

/** More than the streams of any suite: iperf3 has a thread for each stream in each direction. */
const mostCpus = 12;

/** `0-3,8` → its numbers; empty for any other text. */
export function parseCpuList(text: string): readonly number[] {
  const parts = text
    .trim()
    .split(',')
    .map((part) => /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part));
  return parts.flatMap((part) => {
    if (part === null) return [];
    const [first, last] = [Number(part[1]), Number(part[2] ?? part[1])];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  });
}

/** The CPUs near a host's card, or all without a card. The last one is left to a DPDK daemon that polls on it. */
async function nearCpus(reader: HostReader, { nic, datapath }: FabricHost): Promise<readonly number[]> {
  const path =
    nic.kind === 'pfs'
      ? `/sys/bus/pci/devices/${nic.pfs[0]}/local_cpulist`
      : '/sys/devices/system/cpu/online';
  const cpus = parseCpuList(await reader.readFile(path).catch(() => ''));
  return datapath === 'ovs-dpdk' && cpus.length > 1 ? cpus.slice(0, -1) : cpus;
}

/** The same CPUs for both ends, near the card of each; empty if they have none in common. CPU 0 is left to the kernel's own work. */
export async function cpusForBoth(
  ends: readonly { readonly reader: HostReader; readonly host: FabricHost }[],
): Promise<readonly number[]> {
  const lists = await Promise.all(ends.map(({ reader, host }) => nearCpus(reader, host)));
  const common = (lists[0] ?? []).filter((cpu) => lists.every((list) => list.includes(cpu)));
  const withoutFirst = common.length > 2 ? common.filter((cpu) => cpu !== 0) : common;
  return withoutFirst.slice(0, mostCpus);
}
