import type { HostReader } from '../host/host.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';

/** Counters of one host, at one moment. */
export interface OffloadCounters {
  /** Flow → bytes that went through it in hardware. */
  readonly flows: Seen<ReadonlyMap<string, number>>;
  /** Packets that the card handed to the host's CPU through the tenants' representors. */
  readonly packetsToCpu: Seen<number>;
}

/** Reads what the hardware says it forwarded; `ports` are the netdevs of the tenants' representors. */
export async function offloadCounters(
  reader: HostReader,
  ports: readonly string[],
): Promise<OffloadCounters> {
  const flows = ['ovs-appctl', 'dpctl/dump-flows', '-m', 'type=offloaded'];
  return {
    flows: await seen(async () => parseFlowBytes((await reader.query(flows)).stdout)),
    packetsToCpu: await seen(async () => {
      const hits = await Promise.all(ports.map((port) => cpuHits(reader, port)));
      return hits.reduce((sum, packets) => sum + packets, 0);
    }),
  };
}

// `ip stats` of iproute2 5.19 and later; the kernel counts them since 4.18 (IFLA_OFFLOAD_XSTATS_CPU_HIT).
async function cpuHits(reader: HostReader, port: string): Promise<number> {
  const show = ['ip', '-j', 'stats', 'show', 'dev', port, 'group', 'offload', 'subgroup', 'cpu_hit'];
  const packets = parseCpuHits((await reader.query(show)).stdout);
  if (packets === undefined) throw new Error(`${port} has no counter of packets that reached the CPU`);
  return packets;
}

export function parseCpuHits(stdout: string): number | undefined {
  try {
    const [told] = JSON.parse(stdout) as readonly { stats64?: { rx?: { packets?: unknown } } }[];
    const packets = told?.stats64?.rx?.packets;
    return typeof packets === 'number' ? packets : undefined;
  } catch {
    return undefined;
  }
}

/** `ufid:…, … packets:10, bytes:1490, used:0.1s, offloaded:yes, dp:tc, actions:…`, a flow a line. */
export function parseFlowBytes(stdout: string): ReadonlyMap<string, number> {
  const flows = stdout.split('\n').flatMap((line) => {
    const bytes = /, bytes:(\d{1,18})[,\s]/.exec(line)?.[1];
    const isInHardware = /, offloaded:yes[,\s]/.test(line);
    // Without a ufid, the match itself identifies a flow.
    const name = /^ufid:([0-9a-f-]{36})/.exec(line)?.[1] ?? line.slice(0, line.indexOf(', packets:'));
    return bytes === undefined || !isInHardware ? [] : [[name, Number(bytes)] as const];
  });
  return new Map(flows);
}

/** Bytes in hardware between two looks; a flow that has expired meanwhile is not counted, and one that is new is. */
export function bytesBetween(before: OffloadCounters, after: OffloadCounters): Seen<number> {
  if (isUnseen(before.flows)) return before.flows;
  if (isUnseen(after.flows)) return after.flows;
  const { flows } = before;
  return [...after.flows].reduce(
    (sum, [flow, bytes]) => sum + Math.max(0, bytes - (flows.get(flow) ?? 0)),
    0,
  );
}

export function packetsBetween(before: OffloadCounters, after: OffloadCounters): Seen<number> {
  if (isUnseen(before.packetsToCpu)) return before.packetsToCpu;
  if (isUnseen(after.packetsToCpu)) return after.packetsToCpu;
  return after.packetsToCpu - before.packetsToCpu;
}

async function seen<Value>(read: () => Promise<Value>): Promise<Seen<Value>> {
  try {
    return await read();
  } catch (error) {
    return { unseen: error instanceof Error ? error.message : String(error) };
  }
}
