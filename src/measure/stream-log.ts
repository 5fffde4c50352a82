import type { Direction } from './outage.ts';
import { parseStreamLine, type StreamLine } from './stream-line.ts';

/** An hour of ten thousand a second. */
const mostNumbers = 36_000_000;

/** What one end of a stream has reported so far. */
export class StreamLog {
  readonly sent: number[] = [];
  /** By the other end's numbers. */
  readonly got: (number | undefined)[] = [];
  refused = 0;
  /** Datagrams that arrived but were dropped because the probe did not read them in time: not an outage of the network. */
  overrun = 0;
  #firstOverrun: number | undefined;
  /** The end's clock at its last report. */
  lastUs = 0;
  /** The offset from the end's clock to this process's (`performance.now()`), in milliseconds: the least seen, because lines are delayed. */
  offsetMs = Number.POSITIVE_INFINITY;
  /** Which member of a bond became active, and when, in microseconds of the end's clock. */
  readonly active: (readonly [number, string])[] = [];
  /** Its last other output. */
  other = '';

  hear(text: string, nowMs: number): void {
    const line = parseStreamLine(text);
    if (line === undefined) this.other = text;
    else this.#take(line, nowMs);
  }

  #hearOf(number: number, us: number): void {
    if (Number.isSafeInteger(number) && number >= 0 && number < mostNumbers) this.got[number] ??= us;
  }

  #take({ at, from, sent, got, refused, overrun, active = [] }: StreamLine, nowMs: number): void {
    // Lines come in order; one that claims another place is not a probe's: whoever is in a guest may send anything.
    if (from !== this.sent.length) return;
    for (const us of sent) this.sent.push(us);
    for (const change of active) this.active.push(change);
    for (let place = 0; place + 1 < got.length; place += 2)
      this.#hearOf(got[place] ?? -1, got[place + 1] ?? 0);
    this.lastUs = at;
    this.refused = refused;
    this.#firstOverrun ??= overrun;
    this.overrun = overrun - this.#firstOverrun;
    this.offsetMs = Math.min(this.offsetMs, nowMs - at / 1000);
  }
}

/** From the one end to the other. */
export function directionOf(from: StreamLog, to: StreamLog): Direction {
  return { sent: from.sent, got: to.got };
}
