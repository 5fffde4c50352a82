import { finding } from '../model/catalogue.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import { isUnseen } from '../model/unseen.ts';
import { specOf } from '../operate/spec-of.ts';
import { cpusForBoth } from './cpu-list.ts';
import { type Endpoint, nameOf } from './endpoint.ts';
import { forwardingOf, type Road } from './forwarding.ts';
import { isThreaded } from './iperf3.ts';
import type { MtuLender } from './mtu-lender.ts';
import { addressesBetween } from './pair.ts';
import { type BenchRun, type RunEnd, runSchema, type Surroundings, type Unkept } from './run-record.ts';
import { cellName, type SuiteName, type SuiteOptions, suiteOf, tooLargeFor } from './suite.ts';
import { type NetdevAt, surroundingsOf, withIperf3 } from './surroundings.ts';
import { type Bench, type BenchEnd, familyOf, Refused } from './turn.ts';
import { encapsulationOf, type WirePort, wireBetween, wirePortsOf } from './wire.ts';

export interface Asked {
  readonly fabric: Fabric;
  readonly pair: readonly [Endpoint, Endpoint];
  readonly suite: SuiteName;
  readonly options: SuiteOptions;
  readonly version: string;
  readonly signal: AbortSignal;
  /** Absent if the guests are to keep their MTU. */
  readonly lender?: MtuLender;
}

export interface Begun {
  readonly bench: Bench;
  readonly run: Unkept;
  readonly roads: readonly [Road, Road];
  readonly findings: readonly Finding[];
}

interface Prepared {
  readonly end: BenchEnd;
  readonly host: FabricHost;
  readonly road: Road;
  readonly ports: readonly WirePort[];
  readonly record: RunEnd;
}

/** Looks at both ends and makes what a run needs. What stands against it is returned as findings. @throws HostError */
export async function begin(asked: Asked): Promise<Begun | readonly Finding[]> {
  const { fabric, pair, signal } = asked;
  const addresses = addressesBetween(...pair);
  if (addresses === undefined)
    return [noPair(`${nameOf(pair[0])} and ${nameOf(pair[1])} have no addresses of one family`)];
  try {
    const [from, to] = await Promise.all([
      prepare(fabric, pair[0], addresses[0], signal),
      prepare(fabric, pair[1], addresses[1], signal),
    ]);
    return await begun(asked, from, to);
  } catch (error) {
    if (error instanceof Refused) return error.findings;
    throw error;
  }
}

/** Nothing to measure between. */
export function noPair(message: string): Finding {
  return finding(
    'VF6050',
    {},
    message,
    'Name two guests of one network: --from web --to db, or --network storage.',
  );
}

function noCell({ suite, options: { only = [] } }: Asked): Finding {
  const names = suiteOf(suite, 9000).cells.map(cellName).join(', ');
  const message = `no cell of the suite ${suite} is called ${only.join(' or ')}, or fits into the guests’ MTU`;
  return finding('VF6050', {}, message, `Its cells are: ${names}.`);
}

async function begun(asked: Asked, from: Prepared, to: Prepared): Promise<Begun> {
  const { lender } = asked;
  const own = Math.min(from.end.mtu, to.end.mtu);
  const mtuBy = lender === undefined ? 'segments' : 'netdev';
  const suite = { ...suiteOf(asked.suite, own, asked.options), mtuBy } as const;
  if (suite.cells.length === 0) throw new Refused('no cell', [noCell(asked)]);
  const started = new Date();
  const ends = [from.end, to.end] as const;
  const both = [from, to].map(({ end, host }) => ({ reader: end.site.reader, host }));
  const cpus = suite.pinned ? await cpusForBoth(both) : [];
  const roads = [from.road, to.road] as const;
  const run: Unkept = {
    ...{ schema: runSchema, state: 'running', started: started.toISOString() },
    ...{
      version: asked.version,
      fabric: asked.fabric.name,
      network: from.end.network ?? 'underlay',
      suite,
      cpus,
    },
    ...impossibleFor(asked, own),
    ends: [from.record, to.record],
    wire: wireFor(from, to),
    forwarding: forwardingOf(roads, []),
    turns: [],
  };
  const bench = { ends, suite, cpus, signal: asked.signal, ...(lender && { lender }) };
  return { bench, run, roads, findings: tools(run) };
}

function impossibleFor({ suite, options }: Asked, mtu: number): Pick<BenchRun, 'impossible'> {
  const cells = tooLargeFor(suite, mtu, options);
  if (cells.length === 0) return {};
  return { impossible: cells.map((cell) => ({ cell: cellName(cell), because: `MTU ${mtu}` })) };
}

function wireFor(from: Prepared, to: Prepared): BenchRun['wire'] {
  const family = familyOf(from.end.address);
  if (from.end.host === to.end.host)
    return wireBetween(
      { tunnel: 'none', tagged: false },
      family,
      [],
      'both ends are on one host: there is no wire',
    );
  const around = encapsulationOf(from.host);
  const isTunnelled = from.end.guest !== undefined;
  return wireBetween(isTunnelled ? around : { ...around, tunnel: 'none' }, family, [from.ports, to.ports]);
}

async function prepare(
  fabric: Fabric,
  end: Endpoint,
  address: string,
  signal: AbortSignal,
): Promise<Prepared> {
  const host = fabric.hosts.find(({ name }) => name === end.host);
  if (host === undefined) throw new Error(`an end on ${end.host}, which is not in the fabric`);
  await nothingLent(end);
  const said = await iperf3At(end, signal);
  const spec = await specOf(end.site, fabric, host);
  const ports = await wirePortsOf(end.site.reader, host);
  const netdevs = netdevsOf(end, ports);
  const before = withIperf3(await surroundingsOf(end.site.reader, netdevs), said);
  const road = roadOf(end, host);
  const representors = road === 'representor' ? (spec?.overlay?.tenantPorts ?? []) : undefined;
  const { datapath } = host;
  const { netdev, mtu } = end;
  const record = { name: nameOf(end), host: host.name, datapath, address, netdev, mtu, before };
  return { end: { ...end, address, representors, netdevs }, host, road, ports, record };
}

/** The ports to the wire, and the guest's own netdev. */
function netdevsOf({ place, netdev: own }: Endpoint, ports: readonly WirePort[]): readonly NetdevAt[] {
  const wire = ports.flatMap(({ netdev }) => (netdev === undefined ? [] : [{ name: netdev }]));
  // What is set inside a VM is the VM's own affair.
  if (place.in === 'vm') return wire;
  return [...wire, place.in === 'netns' ? { name: own, netns: place.guest } : { name: own }];
}

function roadOf({ guest }: Endpoint, { nic, datapath }: FabricHost): Road {
  if (guest === undefined) return 'host';
  if (nic.kind === 'software') return 'cpu';
  return datapath === 'legacy-vlan' ? 'vf' : 'representor';
}

/** An MTU lent by a killed benchmark must not be measured as if it were the guests' own. @throws Refused */
async function nothingLent({ site, host }: Endpoint): Promise<void> {
  const { open, unconfirmed } = await site.fold();
  const waiting = open ?? unconfirmed;
  if (waiting?.verb !== 'bench') return;
  const message = `${host}: another benchmark has changed its guests’ MTU (${waiting.id}): it is still running, or was killed`;
  const hint = 'Wait until the host takes that back by itself; or have it do so now: vflane rollback';
  throw new Refused(message, [finding('VF6058', { host, at: waiting.id }, message, hint)]);
}

/** iperf3's version, which also shows that it is there at all before anything starts. @throws Refused */
async function iperf3At(end: Endpoint, signal: AbortSignal): Promise<string> {
  const lines: string[] = [];
  const asked = { place: end.place, program: { name: 'iperf3-version' as const }, timeoutMs: 10_000 };
  const told = await end.site.measure(asked, (line) => lines.push(line), signal);
  if (told.kind === 'refused') throw new Refused(told.findings[0]?.message ?? 'refused', told.findings);
  return lines.join('\n');
}

function tools({ ends: [from, to] }: Unkept): readonly Finding[] {
  const [left, right] = [from.before.iperf3, to.before.iperf3];
  if (isUnseen(left) || isUnseen(right) || isThreaded(left) === isThreaded(right)) return [];
  const message = `iperf3 ${left} on ${from.host} and ${right} on ${to.host}: from 3.16 on each stream has a thread of its own`;
  return [finding('VF6053', {}, message, 'Install the same version at both ends.')];
}

/** The ends as they are after the run. */
export async function surroundingsAfter({ bench, run }: Begun): Promise<BenchRun['ends']> {
  const after = async (end: BenchEnd, record: RunEnd): Promise<RunEnd> => {
    const now: Surroundings = await surroundingsOf(end.site.reader, end.netdevs);
    return { ...record, after: { ...now, iperf3: record.before.iperf3 } };
  };
  return [await after(bench.ends[0], run.ends[0]), await after(bench.ends[1], run.ends[1])];
}
