import { setTimeout as sleep } from 'node:timers/promises';
import { HostError } from '../host/host.ts';
import type { Finding } from '../model/finding.ts';
import type { CutPort } from '../operate/plan-cut.ts';
import type { Cutter } from './cut.ts';
import { nameOf } from './endpoint.ts';
import type { FailoverResult, Phase, PhaseName, Said, Way } from './failover-result.ts';
import type { RoadPorts } from './road-ports.ts';
import type { StreamPair } from './stream-pair.ts';

export interface FailoverAsk {
  readonly streams: StreamPair;
  readonly ports: RoadPorts;
  readonly cutter: Cutter;
  readonly times: number;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  /** Called with each phase as it ends. */
  readonly onPhase: (phase: Phase) => void;
}

export type FailoverEnd = { readonly result: FailoverResult; readonly findings: readonly Finding[] };

/** For how long nothing may be lost before a phase is over, and how long to wait for its end. */
const quietMs = 1_000;
const patienceMs = 15_000;
const lookEveryMs = 100;
/** A trace begins a little before the change, and has one step per ten datagrams. */
const beforeMs = 250;
const probesPerStep = 10;
/** How long datagrams may take to arrive at all, before anything is cut: on an emulated processor a probe is slow to start. */
const startMs = 60_000;

/** Ends a test, keeping what was measured until then. */
class Ended extends Error {
  readonly findings: readonly Finding[];
  constructor(why: string, findings: readonly Finding[] = []) {
    super(why);
    this.findings = findings;
  }
}

/** True once datagrams arrive in both directions; false if they do not in time. */
export async function flowing(streams: StreamPair, signal: AbortSignal): Promise<boolean> {
  const late = performance.now() + startMs;
  let [began, seen] = [0, 0];
  while (
    performance.now() < late &&
    !signal.aborted &&
    streams.vanished === undefined &&
    streams.refused.length === 0
  ) {
    const arrived = Math.min(streams.arrived(0), streams.arrived(1));
    if (arrived > seen && seen > 0) began ||= performance.now();
    seen = arrived;
    if (began > 0 && performance.now() - began > 500) return true;
    await sleep(lookEveryMs);
  }
  return false;
}

/** Cuts the port in use, restores it and brings the traffic back to it, n times; whatever happens, the port is restored. */
export async function runFailover(ask: FailoverAsk): Promise<FailoverEnd> {
  const phases: Phase[] = [];
  const told = (phase: Phase): void => {
    phases.push(phase);
    ask.onPhase(phase);
  };
  let ended: Ended | undefined;
  try {
    for (let round = 1; round <= ask.times; round++) await oneRound(ask, round, told);
  } catch (error) {
    ended = asEnded(error);
  }
  const left = await giveBack(ask.cutter);
  if (left !== undefined) ended = new Ended(left.message, [...(ended?.findings ?? []), ...left.findings]);
  return { result: resultOf(ask, phases, ended), findings: ended?.findings ?? [] };
}

/** @throws whatever is not a host's fault */
function asEnded(error: unknown): Ended {
  if (error instanceof Ended) return error;
  if (error instanceof HostError) return new Ended(error.message);
  throw error;
}

/** A host that is out of reach restores the port by itself: the plan that cut it waits to be confirmed. */
async function giveBack(cutter: Cutter): Promise<Ended | undefined> {
  try {
    const left = await cutter.up();
    return left.length === 0 ? undefined : new Ended('the port could not be given back', left);
  } catch (error) {
    return new Ended(`the port could not be given back from here: ${asEnded(error).message}`);
  }
}

function resultOf(
  { streams, ports, cutter, intervalMs }: FailoverAsk,
  phases: readonly Phase[],
  ended: Ended | undefined,
): FailoverResult {
  const [from, to] = streams.ends;
  return {
    how: cutter.how,
    host: from.host,
    between: [nameOf(from), nameOf(to)],
    chooser: ports.chooser,
    intervalMs,
    phases,
    overrun: streams.overrun,
    ...(ended && { partial: ended.message }),
  };
}

async function oneRound(ask: FailoverAsk, round: number, told: (phase: Phase) => void): Promise<void> {
  const { ports, cutter } = ask;
  const first = (await activeNow(ask)) ?? ports.ports[0];
  if (first === undefined) return;
  told(await takePhase(ask, round, 'down', first, () => cutter.down(first)));
  told(await takePhase(ask, round, 'up', first, () => cutter.up()));
  const now = await activeNow(ask);
  if (now === undefined || now.at === first.at) return;
  told(await takePhase(ask, round, 'back', now, () => cutter.down(now)));
  told(await takePhase(ask, round, 'up', now, () => cutter.up()));
}

async function activeNow({ ports, streams }: FailoverAsk): Promise<CutPort | undefined> {
  const { bond } = ports;
  if (bond === undefined) return ports.active();
  return bond.portOf(streams.bondSaid(performance.now()).at(-1)?.is ?? '');
}

async function takePhase(
  ask: FailoverAsk,
  round: number,
  phase: PhaseName,
  port: CutPort,
  act: () => Promise<readonly Finding[]>,
): Promise<Phase> {
  throwIfEnded(ask);
  const beganMs = performance.now();
  let actedMs = beganMs;
  const watching = new AbortController();
  const said = watch(ask, beganMs, watching.signal);
  try {
    const trouble = await act();
    if (trouble.length > 0) throw new Ended('a port could not be taken away or given back', trouble);
    actedMs = performance.now();
    await quiet(ask, beganMs, actedMs);
  } finally {
    watching.abort();
  }
  const ways = ([0, 1] as const).map((way) => wayOf(ask, way, beganMs));
  return { round, phase, port: port.at, doneMs: actedMs - beganMs, ways, said: await said };
}

function throwIfEnded({ signal, streams }: FailoverAsk): void {
  if (signal.aborted) throw new Ended('it was interrupted');
  if (streams.vanished !== undefined) throw new Ended(streams.vanished, streams.refused);
}

/** Waits until nothing has been lost for a while, or everything has been lost for too long. */
async function quiet(ask: FailoverAsk, beganMs: number, actedMs: number): Promise<void> {
  while (performance.now() < actedMs + patienceMs) {
    await sleep(lookEveryMs);
    throwIfEnded(ask);
    if (([0, 1] as const).every((way) => isQuiet(ask.streams, way, beganMs, actedMs))) return;
  }
}

function isQuiet(streams: StreamPair, way: 0 | 1, beganMs: number, actedMs: number): boolean {
  const last = streams.outages(way, beganMs).at(-1);
  const sinceMs = last === undefined ? actedMs : Math.max(actedMs, streams.atMs(way, last.toUs));
  return (last?.over ?? true) && streams.knownMs(way) - sinceMs > quietMs;
}

function wayOf({ streams, intervalMs }: FailoverAsk, way: 0 | 1, beganMs: number): Way {
  const outages = streams.outages(way, beganMs);
  const longest = outages.toSorted((a, b) => b.lossUs - a.lossUs)[0];
  const [from, to] = way === 0 ? streams.ends : [streams.ends[1], streams.ends[0]];
  const ms = (us = 0): number => us / 1000;
  return {
    from: nameOf(from),
    to: nameOf(to),
    outageMs: ms(longest?.lossUs),
    byArrivalMs: ms(longest?.arrivalUs),
    atMs: longest === undefined ? 0 : streams.atMs(way, longest.fromUs) - beganMs,
    lost: outages.reduce((sum, { lost }) => sum + lost, 0),
    doubtMs: ms(longest?.doubtUs),
    agrees: longest?.agrees ?? true,
    over: outages.every(({ over }) => over),
    outages: outages.length,
    trace: streams.trace(way, beganMs, beforeMs, probesPerStep * intervalMs),
  };
}

/** What the bond and the card report during a phase, whenever it changes. */
async function watch(ask: FailoverAsk, beganMs: number, signal: AbortSignal): Promise<readonly Said[]> {
  const { ports, streams } = ask;
  const said: Said[] = [];
  const note = (what: Said['what'], is: string | undefined): void => {
    const last = said.filter((one) => one.what === what).at(-1);
    if (is !== undefined && last?.is !== is) said.push({ atMs: performance.now() - beganMs, what, is });
  };
  while (!signal.aborted) {
    // If a host does not answer now, the streams will show it.
    const [active, mapping] = await Promise.all([ports.active(), ports.mapping()]).catch(() => []);
    note('active port', active?.at);
    note('lag/mapping', mapping);
    await sleep(lookEveryMs);
  }
  const bond = streams.bondSaid(beganMs).map(({ atMs, is }): Said => {
    const port = ports.bond?.portOf(is)?.at ?? 'none';
    return { atMs: Math.max(0, atMs - beganMs), what: 'active port', is: port };
  });
  return [...bond, ...said].toSorted((a, b) => a.atMs - b.atMs);
}
