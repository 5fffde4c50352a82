import type { HostReader } from '../host/host.ts';
import type { Seen } from '../model/unseen.ts';
import { iperf3Version } from './iperf3.ts';
import type { NetdevSurroundings, Said, Surroundings } from './run-record.ts';

/** A netdev of the host, or of a guest that is a namespace. */
export interface NetdevAt {
  readonly name: string;
  readonly netns?: string;
}

function labelOf({ name, netns }: NetdevAt): string {
  return netns === undefined ? name : `${netns}: ${name}`;
}

/** What a figure depends on, as a host has it now; what it does not say is unseen, with the reason. */
export async function surroundingsOf(
  reader: HostReader,
  netdevs: readonly NetdevAt[],
): Promise<Surroundings> {
  const [kernel, cpu, governor, ovs, ...each] = await Promise.all([
    reader.readFile('/proc/sys/kernel/osrelease'),
    seen(reader.readFile('/proc/cpuinfo'), cpuModel),
    seen(reader.readFile('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'), (text) => text.trim()),
    seen(
      reader.query(['ovs-vsctl', '--no-headings', 'get', 'Open_vSwitch', '.', 'ovs_version']),
      ({ stdout }) => stdout.trim().replaceAll('"', ''),
    ),
    ...netdevs.map((netdev) => netdevOf(reader, netdev)),
  ]);
  const named = netdevs.flatMap((netdev, at) =>
    each[at] === undefined ? [] : [[labelOf(netdev), each[at]] as const],
  );
  const iperf3: Seen<string> = { unseen: 'it has not run yet' };
  return { kernel: kernel.trim(), cpu, governor, iperf3, ovs, netdevs: Object.fromEntries(named) };
}

/** iperf3 reports its version when it runs. */
export function withIperf3(surroundings: Surroundings, said: string): Surroundings {
  const version = iperf3Version(said);
  return version === undefined ? surroundings : { ...surroundings, iperf3: version };
}

async function netdevOf(reader: HostReader, { name, netns }: NetdevAt): Promise<NetdevSurroundings> {
  const inside = netns === undefined ? [] : ['ip', 'netns', 'exec', netns];
  const speedFile = netns === undefined ? `/sys/class/net/${name}/speed` : '';
  const ask = (option: string) =>
    seen(reader.query([...inside, 'ethtool', option, name]), ({ stdout }) => said(stdout));
  const [driver, channels, rings, coalescing, features, speed] = await Promise.all([
    ask('-i'),
    ask('-l'),
    ask('-g'),
    ask('-c'),
    ask('-k'),
    speedFile === ''
      ? ({ unseen: 'it is inside a guest' } as const)
      : seen(reader.readFile(speedFile), Number),
  ]);
  const states = typeof speed !== 'number' || speed > 0;
  const speedMbps = states ? speed : { unseen: `${name} states no speed` };
  return { driver, channels, rings, coalescing, features, speedMbps };
}

async function seen<Raw, Value>(
  raw: Promise<Raw>,
  parse: (raw: Raw) => Value | undefined,
): Promise<Seen<Value>> {
  try {
    return parse(await raw) ?? { unseen: 'it is not told' };
  } catch (error) {
    return { unseen: error instanceof Error ? error.message : String(error) };
  }
}

function cpuModel(text: string): string | undefined {
  return /^(?:model name|Model)\s*: (.+)$/m.exec(text)?.[1];
}

/** `key: value` lines; of settings that are listed twice (the maximum, then the current one), the latter. */
export function said(text: string): Said {
  const lines = text.split('\n').flatMap((line) => {
    const [, key = '', value = ''] = /^\s*([^:]{1,80}):\s+(.+?)\s*$/.exec(line) ?? [];
    return key === '' ? [] : [[key, value] as const];
  });
  return Object.fromEntries(lines);
}
