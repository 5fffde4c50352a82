import { join } from 'node:path';
import { guestPortName } from '../../src/datapath/port-name.ts';
import { asGuestName, asNetworkName } from '../../src/model/names.ts';
import { ipv4, udp } from './frames.ts';
import { known } from './overlay.ts';
import type { Rack } from './rack.ts';
import { places, type RackGuest } from './rack-fabric.ts';
import type { Talker } from './talker.ts';

const wireProgram = join(import.meta.dirname, 'wire.pl');
export const streamProgram = join(import.meta.dirname, 'stream.mjs');

/** An end with a netdev of its own: a guest in its namespace, or something on a port of the switches. */
export type Station = RackGuest | 'stranger' | 'router';

const outsider = { mac: '02:99:00:00:00:99', from: '10.0.0.99' };

const isGuest = (station: Station): station is RackGuest => station in places;

/** Sends and receives frames at the stations of a rack. */
export class Wires {
  readonly #rack: Rack;
  readonly #wires: ReadonlyMap<Station, Talker>;
  #told = 0;

  private constructor(rack: Rack, wires: ReadonlyMap<Station, Talker>) {
    this.#rack = rack;
    this.#wires = wires;
  }

  static async at(rack: Rack, stations: readonly Station[]): Promise<Wires> {
    const tapped = stations.map(async (station) => [station, await tap(rack, station)] as const);
    return new Wires(rack, new Map(await Promise.all(tapped)));
  }

  /** Frames in hexadecimal. */
  send(from: Station, ...frames: readonly string[]): void {
    this.#wire(from).say(...frames);
  }

  /** All frames that have arrived, in order. */
  heard(at: Station): readonly string[] {
    return this.#wire(at).lines;
  }

  /** @throws if none does within five seconds */
  arrives(frame: string | ((hex: string) => boolean), at: Station): Promise<void> {
    const isIt = typeof frame === 'string' ? (hex: string) => hex === frame : frame;
    return this.#wire(at).until((lines) => lines.some(isIt), `at ${at}: ${frame}`);
  }

  /** Sends a frame until the frame it should become arrives. @throws if it does not within five seconds */
  async insist(from: Station, frame: string, becomes: string, at: Station): Promise<void> {
    const deadline = performance.now() + 5_000;
    while (!this.heard(at).includes(becomes)) {
      if (performance.now() > deadline) throw new Error(`from ${from}, never at ${at}: ${becomes}`);
      this.send(from, frame);
      const arrived = this.#wire(at).until((lines) => lines.includes(becomes), becomes, 100);
      await arrived.catch(() => undefined);
    }
  }

  /** A legal broadcast not sent before. */
  hello(from: Station): string {
    this.#told += 1;
    const text = [...Buffer.from(`hello ${this.#told} from ${from}`)];
    const hop = isGuest(from) ? { mac: places[from].mac, from: places[from].v4 } : outsider;
    return ipv4({ ...hop, to: '255.255.255.255' }, 17, udp(40_000, 9, text));
  }

  /** Until all hear each other: a host’s first packet to another does not wait for a neighbour entry, and is lost. */
  async meet(from: Station, to: readonly Station[], timeoutMs = 5_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (let hex = this.hello(from); ; hex = this.hello(from)) {
      this.send(from, hex);
      const late = performance.now() > deadline;
      const arrivals = to.map((at) =>
        this.#wire(at).until((lines) => lines.includes(hex), `${from} at ${at}`, 200),
      );
      const met = await Promise.allSettled(arrivals);
      const missed = met.find((one) => one.status === 'rejected');
      if (missed === undefined) return;
      if (late) throw missed.reason;
    }
  }

  /** The frames of a set that have arrived, as soon as there are `count`. */
  async among(set: ReadonlySet<string>, count: number, at: Station): Promise<readonly string[]> {
    const ofSet = (lines: readonly string[]) => lines.filter((line) => set.has(line));
    await this.#wire(at).until((lines) => ofSet(lines).length >= count, `${count} frames at ${at}`);
    return ofSet(this.heard(at));
  }

  /** How many copies of one broadcast each station hears; one that a path change has swallowed is sent again. */
  async copies(from: Station, to: readonly Station[]): Promise<readonly number[]> {
    const deadline = performance.now() + 30_000;
    for (;;) {
      await this.meet(from, to);
      const [counted, last] = [this.hello(from), this.hello(from)];
      this.send(from, counted, last);
      const arrivals = to.map((at) =>
        this.#wire(at).until((lines) => lines.includes(last), `${from} at ${at}`, 1_000),
      );
      const missed = (await Promise.allSettled(arrivals)).find((one) => one.status === 'rejected');
      if (missed === undefined) return to.map((at) => this.heard(at).filter((hex) => hex === counted).length);
      if (performance.now() > deadline) throw missed.reason;
    }
  }

  /** Sends bytes over a TCP stream from one guest to another’s address; returns how many arrive. */
  async stream(from: RackGuest, to: RackGuest, address: string, bytes: number): Promise<number> {
    const [sender, receiver] = [from, to].map((guest) => this.#rack.hosts[places[guest as RackGuest].host]);
    if (!sender || !receiver) throw new Error('no such guest');
    const server = await receiver.talker([process.execPath, streamProgram, 'serve', address, '5001'], to);
    sender.inGuest(from, [process.execPath, streamProgram, 'send', address, '5001', `${bytes}`]);
    await server.until((lines) => lines.length > 0, 'the end of the stream');
    return Number(server.lines[0]);
  }

  #wire(station: Station): Talker {
    const wire = this.#wires.get(station);
    if (!wire) throw new Error(`nobody listens at ${station}`);
    return wire;
  }
}

function tap(rack: Rack, station: Station): Promise<Talker> {
  if (!isGuest(station)) return rack.switches.talker(['perl', wireProgram, station]);
  const { host, network } = places[station];
  if (station !== 'vm1') return rack.hosts[host].talker(['perl', wireProgram, network], station);
  const port = guestPortName(known(asGuestName(station)), known(asNetworkName(network)));
  return rack.hosts[host].talker(['perl', wireProgram, port, 'tap']);
}
