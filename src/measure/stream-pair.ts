import { HostError } from '../host/host.ts';
import type { Finding } from '../model/finding.ts';
import type { IfName } from '../model/names.ts';
import type { Stream } from '../operate/measure-request.ts';
import type { Endpoint } from './endpoint.ts';
import { nameOf } from './endpoint.ts';
import { type Direction, type Outage, outagesIn } from './outage.ts';
import { addressesBetween } from './pair.ts';
import { directionOf, StreamLog } from './stream-log.ts';
import { type Trace, traceOf } from './trace.ts';

/** A datagram that is under way for longer has been held back by something. */
const inFlightMs = 150;
const longestRunMs = 3_600_000;

/** Numbered datagrams between two guests, in both directions, and what became of them so far. Times are of this process (`performance.now()`, ms). */
export class StreamPair {
  readonly ends: readonly [Endpoint, Endpoint];
  readonly #logs: readonly [StreamLog, StreamLog] = [new StreamLog(), new StreamLog()];
  readonly #ending = new AbortController();
  readonly #over: Promise<unknown>;
  /** Why a probe ended unexpectedly. */
  vanished: string | undefined;
  refused: readonly Finding[] = [];

  /** @param intervalUs between two datagrams @param bond of the first end, to be looked at @throws where the two have no addresses of one family */
  constructor(ends: readonly [Endpoint, Endpoint], intervalUs: number, bond?: IfName) {
    this.ends = ends;
    const addresses = addressesBetween(...ends);
    if (addresses === undefined)
      throw new Error(`${ends.map(nameOf).join(' and ')} have no addresses of one family`);
    const [local, peer] = addresses;
    const port = 40_000 + Math.floor(Math.random() * 9_000);
    const shared = { port, intervalUs, run: Math.floor(Math.random() * 2 ** 31) };
    this.#over = Promise.all([
      this.#start(0, { ...shared, local, peer, ...(bond && { bond }) }),
      this.#start(1, { ...shared, local: peer, peer: local }),
    ]);
  }

  async #start(at: 0 | 1, spec: Omit<Stream, 'name'>): Promise<void> {
    const { site, place } = this.ends[at];
    const log = this.#logs[at];
    const program = { name: 'stream', ...spec } as const;
    const hear = (line: string): void => log.hear(line, performance.now());
    try {
      const ended = await site.measure(
        { place, program, timeoutMs: longestRunMs },
        hear,
        this.#ending.signal,
      );
      if (ended.kind === 'refused') this.refused = [...this.refused, ...ended.findings];
      else if (ended.cut !== 'stopped')
        this.#vanish(at, ended.stderr.trim() || `exit code ${ended.exitCode}`);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.#vanish(at, error.message);
    }
  }

  #vanish(at: 0 | 1, why: string): void {
    this.vanished ??= `the probe in ${nameOf(this.ends[at])} has ended: ${why}`;
  }

  /** Every outage from the first end to the second (0), or back (1), that began after `fromMs`. */
  outages(way: 0 | 1, fromMs: number): readonly Outage[] {
    const [from, to] = this.#logsOf(way);
    return outagesIn(this.direction(way), (fromMs - from.offsetMs) * 1000, this.toldUs(from, to));
  }

  direction(way: 0 | 1): Direction {
    return directionOf(...this.#logsOf(way));
  }

  /** That time by the clock of the end that sends this way. */
  atMs(way: 0 | 1, us: number): number {
    return us / 1000 + this.#logsOf(way)[0].offsetMs;
  }

  /** The time up to which the fate of what was sent this way is known. */
  knownMs(way: 0 | 1): number {
    const [from, to] = this.#logsOf(way);
    return this.toldUs(from, to) / 1000 + from.offsetMs;
  }

  /** What the first end's bond reported from that time on, and its state before; nothing if it has none. */
  bondSaid(fromMs: number): readonly { readonly atMs: number; readonly is: string }[] {
    const { active, offsetMs } = this.#logs[0];
    const told = active.map(([us, is]) => ({ atMs: us / 1000 + offsetMs, is }));
    const first = Math.max(
      0,
      told.findLastIndex(({ atMs }) => atMs < fromMs),
    );
    return told.slice(first);
  }

  /** What became of what was sent this way, around `beganMs`: from `beforeMs` before it until now. */
  trace(way: 0 | 1, beganMs: number, beforeMs: number, stepMs: number): Trace {
    const [{ offsetMs }] = this.#logsOf(way);
    const range = { fromMs: -beforeMs, toMs: this.knownMs(way) - beganMs, stepMs };
    return traceOf(this.direction(way), (us) => us / 1000 + offsetMs - beganMs, range);
  }

  /** Datagrams that reached a guest and were lost there by the probe itself. */
  get overrun(): number {
    return this.#logs[0].overrun + this.#logs[1].overrun;
  }

  arrived(way: 0 | 1): number {
    return this.#logsOf(way)[1].got.length;
  }

  #logsOf(way: 0 | 1): readonly [StreamLog, StreamLog] {
    const [a, b] = this.#logs;
    return way === 0 ? [a, b] : [b, a];
  }

  toldUs(from: StreamLog, to: StreamLog): number {
    const heardUntil = to.lastUs + (to.offsetMs - from.offsetMs) * 1000;
    return Math.min(from.lastUs, heardUntil) - inFlightMs * 1000;
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#over;
  }
}
