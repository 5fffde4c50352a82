import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { ProbeWorld } from './probe.ts';
import type { StreamSpec } from './stream-line.ts';

/** How often it tells what it sent and heard. */
const tellEveryMs = 100;
/** What one turn may catch up with: a process that stood still for a second is not to flood the network for it. */
const mostAtOnce = 256;
/** Room for what arrives while this process gets no processor; the kernel gives what it allows (net.core.rmem_max). */
const receiveBytes = 4 * 1024 * 1024;
/** A datagram: run, number, microseconds; padded to a usual small size. */
const datagramBytes = 64;

/**
 * One end of a stream of numbered datagrams in both directions: sends one every `intervalUs` and tells which of the other
 * end's arrive. The kernel's refusals (no route, no carrier) do not stop it: they are what is looked for.
 */
export async function probeStream(spec: unknown, world: ProbeWorld): Promise<number> {
  const asked = asSpec(spec);
  const family = asked.peer.includes(':') ? 6 : 4;
  // Not connected: an ICMP error of one datagram would be told instead of sending the next (udp(7)).
  const socket = createSocket({ type: `udp${family}`, lookup: (host, _, told) => told(null, host, family) });
  beforeOthers();
  const stream = new Stream(asked, socket, world);
  // Without a look-up to wait for, it may listen before bind() returns.
  const listening = once(socket, 'listening');
  socket.bind(asked.port, asked.local);
  await listening;
  socket.setRecvBufferSize(receiveBytes);
  return stream.run();
}

/** A probe that waits for a processor measures the wait. */
function beforeOthers(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGHEST);
  } catch {
    // Only root may; it is measured all the same.
  }
}

/** @throws TypeError */
function asSpec(spec: unknown): StreamSpec {
  const { local, peer, port, intervalUs, run } = (spec ?? {}) as Partial<StreamSpec>;
  const numbers = [port, intervalUs, run].every((number) => Number.isSafeInteger(number));
  if (typeof local !== 'string' || typeof peer !== 'string' || !numbers || (intervalUs ?? 0) < 100)
    throw new TypeError('a stream wants { local, peer, port, intervalUs (at least 100), run }');
  return spec as StreamSpec;
}

/** Datagrams that arrived in this namespace and found no room, because nobody took them out in time (RFC 4113, udpInErrors’ kin). */
function overruns(): number {
  const lines = readFileSync('/proc/self/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Udp:'));
  const [names = [], counts = []] = lines.map((line) => line.split(' '));
  return Number(counts[names.indexOf('RcvbufErrors')] ?? 0);
}

class Stream {
  readonly #spec: StreamSpec;
  readonly #socket: Socket;
  readonly #world: ProbeWorld;
  readonly #began = process.hrtime.bigint();
  #sent: number[] = [];
  #got: number[] = [];
  /** Number of the next datagram, and of the first that is not told yet. */
  #next = 0;
  #told = 0;
  #refused = 0;

  constructor(spec: StreamSpec, socket: Socket, world: ProbeWorld) {
    this.#spec = spec;
    this.#socket = socket;
    this.#world = world;
    socket.on('message', (message) => this.#hear(message));
  }

  async run(): Promise<number> {
    const telling = setInterval(() => this.#tell(), tellEveryMs);
    while (!this.#world.signal.aborted) {
      this.#sendDue();
      await setTimeout(this.#untilDueMs());
    }
    clearInterval(telling);
    this.#tell();
    this.#socket.close();
    return 0;
  }

  /** Waking for nothing costs a slow processor what it needs to hear. */
  #untilDueMs(): number {
    return Math.max(1, (this.#next * this.#spec.intervalUs - this.#now()) / 1000);
  }

  /** A timer of Node is never less than a millisecond, and often more: what has come due meanwhile goes out together. */
  #sendDue(): void {
    const { intervalUs } = this.#spec;
    const due = Math.floor(this.#now() / intervalUs) + 1;
    // What was missed for longer is left out: those numbers are never sent, and nobody misses them.
    if (due - this.#next > mostAtOnce) this.#skip(due - mostAtOnce);
    while (this.#next < due) this.#send();
  }

  #skip(to: number): void {
    while (this.#next < to) {
      this.#sent.push(-1);
      this.#next += 1;
    }
  }

  #send(): void {
    const datagram = Buffer.alloc(datagramBytes);
    const at = this.#now();
    datagram.writeUInt32BE(this.#spec.run, 0);
    datagram.writeUInt32BE(this.#next, 4);
    datagram.writeDoubleBE(at, 8);
    const { port, peer } = this.#spec;
    this.#socket.send(datagram, port, peer, (error) => {
      if (error) this.#refused += 1;
    });
    this.#sent.push(at);
    this.#next += 1;
  }

  #hear(message: Buffer): void {
    const now = this.#now();
    if (message.length < 16 || message.readUInt32BE(0) !== this.#spec.run) return;
    this.#got.push(message.readUInt32BE(4), message.readDoubleBE(8), now);
  }

  #tell(): void {
    const line = {
      at: this.#now(),
      from: this.#told,
      sent: this.#sent,
      got: this.#got,
      refused: this.#refused,
      overrun: overruns(),
    };
    this.#world.say(JSON.stringify(line));
    this.#told = this.#next;
    this.#sent = [];
    this.#got = [];
  }

  /** Monotonic: a clock that is set does not move it (clock_gettime(2), CLOCK_MONOTONIC). */
  #now(): number {
    return Number((process.hrtime.bigint() - this.#began) / 1000n);
  }
}
