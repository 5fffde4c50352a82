import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { HostError } from '../host/host.ts';
import type { Finding } from '../model/finding.ts';
import { hello } from './attacks.ts';
import { type Bytes, hexBytes } from './frames.ts';
import type { Station } from './station.ts';

const longestMs = 600_000;
/** The most frames for a program in a VM: its input at the start has to fit into one word of a command (execve(2), MAX_ARG_STRLEN). */
const mostInVm = 200;
/** The numbers of hellos and of goodbyes begin here. */
const first = { hello: 0xf000_0000, goodbye: 0xf100_0000 } as const;

/** How long to wait until everybody hears everybody in its network; a VM's agent takes its time to start a program. */
export function patienceFor(stations: readonly Station[]): number {
  return stations.some(({ end }) => end.place.in === 'vm') ? 60_000 : 10_000;
}

/** Who hears what, by the numbers that frames carry. */
export class Ears {
  readonly heard = new Map<Station, Set<number>>();
  refused: readonly Finding[] = [];
  /** VMs that take no part, because their agent does not start the program, and why. */
  readonly absent = new Map<Station, readonly Finding[]>();
  readonly troubles: string[] = [];
  /** Guests that heard their network at first, but not at the end. */
  deafened: readonly string[] = [];
  readonly #magic = randomBytes(8).toString('hex');
  readonly #stations: readonly Station[];
  #taking: readonly Station[] = [];
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  readonly #over: readonly Promise<void>[];
  readonly #listening = new Set<Station>();
  readonly #patienceMs: number;

  constructor(stations: readonly Station[], signal: AbortSignal, patienceMs: number) {
    this.#stations = stations;
    for (const station of stations) this.heard.set(station, new Set());
    this.#patienceMs = patienceMs;
    this.#signal = AbortSignal.any([this.#ending.signal, signal]);
    // Each listener and each sender waits for the end signal: more listeners than Node's limit, which would warn of a leak.
    setMaxListeners(0, this.#signal);
    this.#over = stations.map((station) => this.#listen(station, this.#signal));
  }

  async #listen(station: Station, signal: AbortSignal): Promise<void> {
    const { site, place, netdev } = station.end;
    const program = { name: 'wire-listen', netdev, magic: this.#magic } as const;
    const hear = (line: string): void => {
      if (line === 'ready') this.#listening.add(station);
      else this.heard.get(station)?.add(Number(line));
    };
    try {
      const ended = await site.measure({ place, program, timeoutMs: longestMs }, hear, signal);
      if (ended.kind === 'refused') this.#leaveOut(station, ended.findings);
      else if (ended.cut !== 'stopped')
        this.troubles.push(`${station.name}: ${ended.stderr.trim() || 'its listener ended'}`);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.troubles.push(`${station.name}: ${error.message}`);
    }
  }

  #leaveOut(station: Station, findings: readonly Finding[]): void {
    if (station.end.place.in === 'vm') this.absent.set(station, findings);
    else this.refused = [...this.refused, ...findings];
  }

  /** Waits until all listen → the guests that take part. */
  async ready(): Promise<readonly Station[]> {
    const late = performance.now() + this.#patienceMs;
    const known = (): number => this.#listening.size + this.absent.size;
    while (known() < this.heard.size && this.#isSound && performance.now() < late) await sleep(20);
    this.#taking = this.#stations.filter((station) => !this.absent.has(station));
    return this.#taking;
  }

  get #isSound(): boolean {
    return this.refused.length + this.troubles.length === 0;
  }

  /** What a frame of this number carries. */
  number(n: number): Bytes {
    return [...hexBytes(this.#magic), (n >>> 24) & 0xff, (n >>> 16) & 0xff, (n >>> 8) & 0xff, n & 0xff];
  }

  async send(station: Station, frames: readonly string[]): Promise<void> {
    const most = station.end.place.in === 'vm' ? mostInVm : frames.length;
    for (let at = 0; at < frames.length && !this.#signal.aborted; at += most)
      await this.#sendSome(station, frames.slice(at, at + most));
  }

  async #sendSome({ end, name }: Station, frames: readonly string[]): Promise<void> {
    const program = { name: 'wire-send', netdev: end.netdev, frames } as const;
    try {
      const sent = await end.site.measure(
        { place: end.place, program, timeoutMs: longestMs },
        () => {},
        this.#signal,
      );
      if (sent.kind === 'refused') this.refused = [...this.refused, ...sent.findings];
      else if (sent.exitCode !== 0 && sent.cut !== 'stopped')
        this.troubles.push(`${name}: ${sent.stderr.trim()}`);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.troubles.push(`${name}: ${error.message}`);
    }
  }

  /** Whether one guest has heard the other's hello. */
  met(at: Station, from: Station): boolean {
    return this.#hears(at, from, first.hello);
  }

  #hears(at: Station, from: Station, numbers: number): boolean {
    return this.heard.get(at)?.has(numbers + this.#stations.indexOf(from)) === true;
  }

  /** Sends hellos until everybody has heard everybody in its network; false if time runs out. */
  meet(): Promise<boolean> {
    return this.#greet(first.hello, () =>
      this.#taking.every((at) => neighbours(at, this.#taking).every((from) => this.met(at, from))),
    );
  }

  /**
   * Sends goodbyes until everybody who heard its network hears it again: what arrived earlier is reported earlier, however slow
   * the guest is. A guest that does not has gone deaf, and proves nothing.
   */
  async part(): Promise<void> {
    const listens = (at: Station): boolean =>
      neighbours(at, this.#taking).every(
        (from) => !this.met(at, from) || this.#hears(at, from, first.goodbye),
      );
    await this.#greet(first.goodbye, () => this.#taking.every(listens));
    if (this.#signal.aborted) return;
    const deaf = this.#taking.filter((at) => !listens(at));
    this.deafened = deaf.map(({ name }) => `${name} no longer heard its own network at the end`);
  }

  async #greet(numbers: number, done: () => boolean): Promise<boolean> {
    const late = performance.now() + this.#patienceMs;
    do {
      await Promise.all(
        this.#taking.map((from) => {
          const number = numbers + this.#stations.indexOf(from);
          return this.send(from, hello(from, this.number(number)));
        }),
      );
      await sleep(200);
      if (done()) return true;
    } while (performance.now() < late && this.#isSound && !this.#signal.aborted);
    return false;
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#over);
  }
}

function neighbours(at: Station, stations: readonly Station[]): readonly Station[] {
  return stations.filter((one) => one !== at && one.network === at.network);
}
