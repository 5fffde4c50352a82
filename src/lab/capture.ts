import { once } from 'node:events';
import type { Socket } from 'node:net';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { withLabErrors } from './errors.ts';
import type { SwitchName } from './folder.ts';
import { through } from './switch-client.ts';

export interface Capture {
  readonly dir: string;
  readonly of: SwitchName;
  /** Receives a capture file; is not closed. */
  readonly to: Writable;
  readonly limits: CaptureLimits;
  /** Ends the capture early, with a valid file. */
  readonly signal?: AbortSignal;
}

/** Whichever comes first. */
export interface CaptureLimits {
  readonly ms: number;
  readonly frames: number;
  readonly bytes: number;
}

export interface Captured {
  readonly frames: number;
  readonly bytes: number;
  readonly ended: 'time' | 'frames' | 'bytes' | 'asked' | 'switch-gone' | 'reader-gone';
}

/** Writes every frame that enters a switch, with its VLAN tag, until a limit is reached. A dead switch shows none. */
export function capture({ dir, of, ...rest }: Capture): Promise<Captured> {
  return withLabErrors(() =>
    through(resolve(dir), { ask: 'capture', of }, (socket) => copyCapture(socket, rest)),
  );
}

/** Copies a capture file that does not end by itself, frame by frame. */
export async function copyCapture(
  from: Socket,
  { to, limits, signal }: Omit<Capture, 'dir' | 'of'>,
): Promise<Captured> {
  const cutter = new FrameCutter(limits);
  const end = ending();
  const timer = setTimeout(() => end.as('time'), limits.ms);
  from.on('data', (chunk: Buffer) => {
    const whole = cutter.take(chunk);
    if (whole.length > 0 && !to.write(whole)) void pauseUntilDrained(to, from);
    if (cutter.full !== undefined) end.as(cutter.full);
  });
  from.once('close', () => end.as('switch-gone'));
  const gone = () => end.as('reader-gone');
  to.once('error', gone);
  signal?.addEventListener('abort', () => end.as('asked'), { once: true });
  if (signal?.aborted) end.as('asked');
  const ended = await end.reached;
  clearTimeout(timer);
  from.removeAllListeners('data').pause();
  to.removeListener('error', gone);
  return { frames: cutter.frames, bytes: cutter.bytes, ended };
}

async function pauseUntilDrained(to: Writable, socket: Socket): Promise<void> {
  socket.pause();
  await once(to, 'drain').catch(() => undefined);
  socket.resume();
}

function ending() {
  let as: (how: Captured['ended']) => void = () => {};
  const reached = new Promise<Captured['ended']>((done) => {
    as = done;
  });
  return { as, reached };
}

const fileHead = 24;
const recordHead = 16;

/** Passes on only whole frames of a capture file, up to the limits. */
class FrameCutter {
  readonly #limits: CaptureLimits;
  #rest: Buffer = Buffer.alloc(0);
  #begun = false;
  frames = 0;
  bytes = 0;
  full: 'frames' | 'bytes' | undefined;

  constructor(limits: CaptureLimits) {
    this.#limits = limits;
  }

  take(chunk: Buffer): Buffer {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    if (!this.#begun && data.length >= fileHead) {
      this.#begun = true;
      at = fileHead;
    }
    if (this.#begun) at = this.#countFrom(data, at);
    this.#rest = data.subarray(at);
    return data.subarray(0, at);
  }

  #countFrom(data: Buffer, from: number): number {
    let at = from;
    while (this.full === undefined && data.length - at >= recordHead) {
      const size = recordHead + data.readUInt32LE(at + 8);
      if (data.length - at < size) break;
      at += size;
      this.frames++;
      this.bytes += size;
      if (this.frames >= this.#limits.frames) this.full = 'frames';
      else if (this.bytes >= this.#limits.bytes) this.full = 'bytes';
    }
    return at;
  }
}
