import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { ProbeWorld } from './probe.ts';
import { asRoundTripSpec, type RoundTripSpec } from './probe-answer.ts';
import { roundTripsOf } from './round-trips.ts';

export interface AskSpec extends RoundTripSpec {
  readonly ms: number;
}

/** Bytes of a request and of its answer: small, so that only the way is measured. */
const messageBytes = 64;
const lostAfterMs = 200;
/** The first ones find a cold road: ARP, flows that are not set up, code that is not compiled. */
const warmUp = 0.2;

/** A connection over which one request at a time goes out, and its answer is waited for. */
interface Line {
  send(message: Buffer): void;
  onAnswer(heard: (message: Buffer) => void): void;
  close(): void;
}

/** Asks one thing at a time for so long, and says how long the answers took. */
export async function probeAsk(spec: unknown, { say, signal }: ProbeWorld): Promise<number> {
  const asked = asRoundTripSpec(spec);
  const { ms } = spec as AskSpec;
  if (!(ms >= 100 && ms <= 600_000)) throw new TypeError('round trips last from 100 to 600000 ms');
  const line = await (asked.protocol === 'udp' ? udpLine(asked) : tcpLine(asked));
  const { timesUs, lost } = await new Asking(line, ms, signal).done;
  line.close();
  const told = roundTripsOf(timesUs.slice(Math.floor(timesUs.length * warmUp)), lost);
  say(told ? JSON.stringify(told) : '');
  return told ? 0 : 1;
}

class Asking {
  readonly #timesUs: number[] = [];
  readonly #line: Line;
  readonly #until: number;
  readonly #signal: AbortSignal;
  #lost = 0;
  #number = 0;
  #sentAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #finish: (result: { readonly timesUs: readonly number[]; readonly lost: number }) => void = () => undefined;
  readonly done: Promise<{ readonly timesUs: readonly number[]; readonly lost: number }>;

  constructor(line: Line, ms: number, signal: AbortSignal) {
    this.#line = line;
    this.#signal = signal;
    this.#until = performance.now() + ms;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    line.onAnswer((message) => this.#hear(message));
    this.#ask();
  }

  #ask(): void {
    if (this.#signal.aborted || performance.now() >= this.#until) {
      this.#finish({ timesUs: this.#timesUs, lost: this.#lost });
      return;
    }
    this.#number += 1;
    const message = Buffer.alloc(messageBytes);
    message.writeUInt32BE(this.#number);
    this.#timer = setTimeout(() => this.#lose(), lostAfterMs);
    this.#sentAt = performance.now();
    this.#line.send(message);
  }

  #hear(message: Buffer): void {
    const now = performance.now();
    // An answer that comes after it was given up is none any more.
    if (message.length < 4 || message.readUInt32BE() !== this.#number) return;
    clearTimeout(this.#timer);
    this.#timesUs.push((now - this.#sentAt) * 1000);
    this.#ask();
  }

  #lose(): void {
    this.#lost += 1;
    this.#ask();
  }
}

async function udpLine({ at, port }: RoundTripSpec): Promise<Line> {
  const socket = createSocket(at.includes(':') ? 'udp6' : 'udp4');
  // A refusal is an answer that does not come.
  socket.on('error', () => undefined);
  socket.connect(port, at);
  await once(socket, 'connect');
  return {
    send: (message) => socket.send(message, () => undefined),
    onAnswer: (heard) => void socket.on('message', heard),
    close: () => void socket.close(),
  };
}

async function tcpLine({ at, port }: RoundTripSpec): Promise<Line> {
  const socket = connect({ host: at, port, noDelay: true });
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  let before: Buffer = Buffer.alloc(0);
  return {
    send: (message) => void socket.write(message),
    // TCP knows no messages: the pieces of one are put together.
    onAnswer: (heard) =>
      void socket.on('data', (data: Buffer) => {
        before = Buffer.concat([before, data]);
        for (; before.length >= messageBytes; before = before.subarray(messageBytes))
          heard(before.subarray(0, messageBytes));
      }),
    close: () => void socket.destroy(),
  };
}
