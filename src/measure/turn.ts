import { HostError } from '../host/host.ts';
import type { Finding } from '../model/finding.ts';
import type { MeasureProgram } from '../operate/measure-request.ts';
import { busyCores, readCpuTicks } from './cpu-use.ts';
import type { Endpoint } from './endpoint.ts';
import { parseIperf3 } from './iperf3.ts';
import type { MtuLender } from './mtu-lender.ts';
import { bytesBetween, offloadCounters, packetsBetween } from './offload-seen.ts';
import { clockWasSet, parsePing } from './ping.ts';
import { parseRoundTrips } from './round-trips.ts';
import type { OffloadSeen, Turn } from './run-record.ts';
import { NoServer, startServer } from './server.ts';
import { type Cell, roundTripsMs, type Suite } from './suite.ts';
import type { NetdevAt } from './surroundings.ts';

/** An end, with what is read on its host besides the figures. */
export interface BenchEnd extends Endpoint {
  readonly address: string;
  /** Representors of its host's tenants; undefined if no hardware is to be asked. */
  readonly representors: readonly string[] | undefined;
  /** Netdevs whose settings the figures depend on. */
  readonly netdevs: readonly NetdevAt[];
}

export interface Bench {
  readonly ends: readonly [BenchEnd, BenchEnd];
  readonly suite: Suite;
  readonly cpus: readonly number[];
  readonly signal: AbortSignal;
  /** Absent if the guests keep their MTU. */
  readonly lender?: MtuLender;
}

/** What a turn has measured, and the tool's output. */
interface Measured {
  readonly seen: Partial<Turn>;
  readonly raw: string;
}

export interface TurnDone {
  readonly turn: Turn;
  readonly raw: string;
  readonly findings: readonly Finding[];
}

/** One run of one cell. It reports what goes wrong; the other runs go on. */
export async function doTurn(bench: Bench, cell: Cell, run: number): Promise<TurnDone> {
  const base = { cell, run, at: new Date().toISOString() };
  try {
    const { seen, raw } = await watched(bench, () => measured(bench, cell));
    return { turn: { ...base, ...seen }, raw, findings: [] };
  } catch (error) {
    if (!(error instanceof HostError) && !(error instanceof NoServer) && !(error instanceof Refused))
      throw error;
    const findings = 'findings' in error ? error.findings : [];
    return { turn: { ...base, failed: error.message }, raw: '', findings };
  }
}

/** The same, with what the hosts' CPUs and the hardware did meanwhile. */
async function watched({ ends }: Bench, work: () => Promise<Measured>): Promise<Measured> {
  const look = () => Promise.all(ends.map(countersOf));
  const [before, done, after] = [await look(), await work(), await look()];
  const each = before.map((was, at) => ({ was, is: after[at] ?? was }));
  const [first, second] = each.map(({ was, is }) => busyCores(was.cpu, is.cpu));
  const offload = each.map(({ was, is }): OffloadSeen | undefined =>
    was.offload && is.offload
      ? {
          bytes: bytesBetween(was.offload, is.offload),
          packetsToCpu: packetsBetween(was.offload, is.offload),
        }
      : undefined,
  );
  const none: OffloadSeen = {
    bytes: { unseen: 'it has no card' },
    packetsToCpu: { unseen: 'it has no card' },
  };
  const asked = offload.some((seen) => seen !== undefined);
  const [left = none, right = none] = offload;
  return {
    raw: done.raw,
    seen: {
      ...done.seen,
      ...(first && second && { hostCpu: [first, second] }),
      ...(asked && { offload: [left, right] }),
    },
  };
}

async function countersOf({ site, representors }: BenchEnd) {
  const offload = representors && (await offloadCounters(site.reader, representors));
  return { cpu: await readCpuTicks(site.reader), offload };
}

function measured(bench: Bench, cell: Cell): Promise<Measured> {
  switch (cell.kind) {
    case 'throughput':
      return throughput(bench, cell);
    case 'flood-ping':
      return floodPing(bench, cell.count);
    case 'round-trips':
      return roundTrips(bench, cell.protocol);
  }
}

const directions = { both: 'both', forward: 'send', reverse: 'receive' } as const;
const ipAndTcp = { 4: 40, 6: 60 } as const;

async function throughput(bench: Bench, cell: Cell & { kind: 'throughput' }): Promise<Measured> {
  const [from, to] = bench.ends;
  const { seconds, omitSeconds } = bench.suite;
  const server = await startServer(
    to,
    {
      program: (port) => ({ name: 'iperf3-server', port, bind: to.address }),
      isReady: (line) => line.startsWith('Server listening'),
      cpus: bench.cpus,
    },
    bench.signal,
  );
  // An end that keeps its larger MTU sends packets as small as one with this MTU would.
  const isLarger = bench.lender === undefined && cell.mtu < Math.min(from.mtu, to.mtu);
  const mss = isLarger ? { mss: cell.mtu - ipAndTcp[familyOf(to.address)] } : {};
  const program: MeasureProgram = {
    ...{ name: 'iperf3', to: to.address, bind: from.address, port: server.port, seconds },
    ...(omitSeconds > 0 && { omitSeconds }),
    ...{ parallel: cell.streams, direction: directions[cell.direction], ...mss },
  };
  const raw = await outputOf(bench, program, (seconds + omitSeconds) * 1000).finally(() => server.stop());
  const told = parseIperf3(raw);
  if ('failed' in told) throw new Refused(`iperf3: ${told.failed}`, []);
  const { flows, cpu } = told;
  return { raw, seen: { flows, ...(cpu && { iperf3Cpu: [cpu.client, cpu.server] as const }) } };
}

export function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

async function floodPing(bench: Bench, count: number): Promise<Measured> {
  const program = { name: 'ping', to: bench.ends[1].address, count, flood: true, quiet: true } as const;
  const { text: raw, stderr, ms } = await heard(bench, program, count * 10);
  if (clockWasSet(raw, stderr, ms))
    throw new Refused('ping: the clock was set while it ran: its times say nothing', []);
  const ping = parsePing(raw);
  if (ping === undefined) throw new Refused(`ping: nothing came back: ${lastLine(raw)}`, []);
  return { raw, seen: { ping } };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

async function roundTrips(bench: Bench, protocol: 'tcp' | 'udp'): Promise<Measured> {
  const [, to] = bench.ends;
  const spec = (port: number) => ({ protocol, at: to.address, port, ms: roundTripsMs });
  const server = await startServer(
    to,
    {
      program: (port) => ({ name: 'trips-answer', ...spec(port) }),
      isReady: (line) => line === 'ready',
      cpus: bench.cpus,
    },
    bench.signal,
  );
  const asked = { name: 'trips-ask', ...spec(server.port) } as const;
  const raw = await outputOf(bench, asked, roundTripsMs).finally(() => server.stop());
  const seen = parseRoundTrips(raw);
  if (seen === undefined) throw new Refused(`${protocol}: nothing came back`, []);
  return { raw, seen: { roundTrips: seen } };
}

/** A program that was not started, or printed nothing. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly findings: readonly Finding[];

  constructor(message: string, findings: readonly Finding[]) {
    super(message);
    this.findings = findings;
  }
}

const usualGraceMs = 20_000;

/** The whole output of a program at the first end. @throws Refused, HostError */
export async function outputOf(...asked: Parameters<typeof heard>): Promise<string> {
  return (await heard(...asked)).text;
}

interface Heard {
  readonly text: string;
  readonly stderr: string;
  /** How long it ran. */
  readonly ms: number;
}

async function heard(
  { ends: [from], cpus, signal }: Bench,
  program: MeasureProgram,
  expectedMs: number,
  graceMs = usualGraceMs,
): Promise<Heard> {
  const lines: string[] = [];
  const asked = {
    place: from.place,
    program,
    timeoutMs: expectedMs + graceMs,
    ...(cpus.length > 0 && { cpus }),
  };
  const ended = await from.site.measure(asked, (line) => lines.push(line), signal);
  if (ended.kind === 'refused') throw new Refused(ended.findings[0]?.message ?? 'refused', ended.findings);
  if (ended.cut !== undefined) throw new Refused(cuts[ended.cut], []);
  const text = `${lines.join('\n')}\n`;
  // iperf3's JSON says why it failed, whatever its exit code.
  if (ended.exitCode !== 0 && !text.includes('{') && program.name !== 'ping')
    throw new Refused(`${program.name}: exit code ${ended.exitCode}: ${ended.stderr.trim()}`, []);
  if (program.name === 'ping' && ended.exitCode > 1)
    throw new Refused(`ping: exit code ${ended.exitCode}: ${ended.stderr.trim()}`, []);
  return { text, stderr: ended.stderr, ms: ended.ms };
}

const cuts = {
  deadline: 'it did not end in time',
  stopped: 'stopped',
  'too-much': 'its output is too long',
} as const;
