import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LineSplitter } from './agent-protocol.ts';
import { type AgentLine, GuestRefused, takeLine } from './guest-line.ts';
import { guestRunner } from './guest-runner.ts';
import { HostError } from './host.ts';
import type { ProgramEnd, ProgramRun, RunProgram } from './program.ts';

export interface GuestProgramsOptions {
  /** The host's name, for messages. */
  readonly host: string;
  readonly guest: string;
  /** Of the guest's agent, or the name used in its place (src/host/domain-agent.ts). */
  readonly socket: string;
}

/** How often to check for new output and for the program's end. */
const lookEveryMs = 100;
/** How often to tell the guest that the caller is still there; well below what its runner waits. */
const beatEveryMs = 4_000;
const pieceBytes = 64 * 1024;
const outputLimitBytes = 64 * 1024 * 1024;
/** The runner's exit code if there is no such program. */
const noSuchProgram = 127;
const newline = Buffer.from('\n');

/** Programs inside a VM, through its guest agent (qemu-ga-ref(7)). They end soon after this process, without a trace. */
export function guestPrograms(options: GuestProgramsOptions): RunProgram {
  return async (run) => {
    const line = takeLine(options.host, options.socket);
    try {
      return await new GuestProgram(options, line, run).ended();
    } catch (error) {
      if (!(error instanceof GuestRefused)) throw error;
      const stderr = `the agent in ${options.guest} refuses: ${error.message}`;
      throw new HostError({ kind: 'refused', host: options.host, argv: run.argv, stderr }, error);
    } finally {
      line.leave();
    }
  };
}

/** The answer to guest-exec-status. */
interface Status {
  readonly exited?: boolean;
  readonly exitcode?: number;
  readonly signal?: number;
  readonly 'err-data'?: string;
}

class GuestProgram {
  readonly #options: GuestProgramsOptions;
  readonly #line: AgentLine;
  readonly #run: ProgramRun;
  readonly #folder = `/run/vflane-measure-${randomUUID()}`;
  readonly #lines = new LineSplitter();
  readonly #began = performance.now();
  #bytes = 0;
  #lastBeat = Number.NEGATIVE_INFINITY;
  #cut: ProgramEnd['cut'];

  constructor(options: GuestProgramsOptions, line: AgentLine, run: ProgramRun) {
    this.#options = options;
    this.#line = line;
    this.#run = run;
  }

  async ended(): Promise<ProgramEnd> {
    const pid = await this.#start();
    let out: number | undefined;
    for (;;) {
      // Asked before the output is read, so that the last of it is not lost.
      const status = (await this.#say('guest-exec-status', { pid })) as Status;
      out ??= await this.#open('out', 'r');
      while (out !== undefined && (await this.#read(out)));
      if (status.exited === true) return this.#over(status, out);
      await this.#tend();
      await sleep(lookEveryMs);
    }
  }

  async #start(): Promise<number> {
    const { argv, stdin = '' } = this.#run;
    const answer = await this.#say('guest-exec', {
      path: '/bin/sh',
      arg: ['-c', guestRunner, 'vflane', this.#folder, ...argv],
      'input-data': Buffer.from(stdin).toString('base64'),
      'capture-output': true,
    });
    return Number((answer as { readonly pid?: unknown }).pid);
  }

  /** Tells the guest that the caller is still there, and, when the time comes, to end the program. */
  async #tend(): Promise<void> {
    const { signal, timeoutMs } = this.#run;
    const ran = performance.now() - this.#began;
    if (this.#cut === undefined && (signal?.aborted || ran > timeoutMs)) {
      this.#cut = signal?.aborted ? 'stopped' : 'deadline';
      await this.#put('end');
    }
    if (performance.now() - this.#lastBeat < beatEveryMs) return;
    await this.#put('beat');
    this.#lastBeat = performance.now();
  }

  /** True if there may be more. */
  async #read(handle: number): Promise<boolean> {
    const answer = await this.#say('guest-file-read', { handle, count: pieceBytes });
    const { count = 0, 'buf-b64': text = '' } = answer as { readonly count?: number; 'buf-b64'?: string };
    this.#bytes += count;
    if (this.#bytes > outputLimitBytes && this.#cut === undefined) {
      this.#cut = 'too-much';
      await this.#put('end');
    }
    if (count > 0) this.#hear(Buffer.from(text, 'base64'));
    return count === pieceBytes;
  }

  #hear(piece: Buffer): void {
    if (this.#cut === 'too-much') return;
    for (const line of this.#lines.push(piece)) this.#run.onLine(line);
  }

  async #over(status: Status, out: number | undefined): Promise<ProgramEnd> {
    if (out !== undefined) await this.#say('guest-file-close', { handle: out });
    await this.#say('guest-exec', { path: 'rm', arg: ['-rf', this.#folder] });
    const { host, guest } = this.#options;
    const { argv } = this.#run;
    const exitCode = status.exitcode ?? 128 + (status.signal ?? 0);
    if (exitCode === noSuchProgram) throw new HostError({ kind: 'missing', host: `${host}: ${guest}`, argv });
    for (const line of this.#lines.push(newline)) if (line !== '') this.#run.onLine(line);
    return {
      exitCode,
      stderr: Buffer.from(status['err-data'] ?? '', 'base64').toString('utf8'),
      ms: performance.now() - this.#began,
      ...(this.#cut === undefined ? {} : { cut: this.#cut }),
    };
  }

  async #put(name: string): Promise<void> {
    const handle = await this.#open(name, 'w');
    if (handle !== undefined) await this.#say('guest-file-close', { handle });
  }

  /** Undefined if it is not there yet, or no longer. */
  async #open(name: string, mode: 'r' | 'w'): Promise<number | undefined> {
    try {
      return Number(await this.#say('guest-file-open', { path: `${this.#folder}/${name}`, mode }));
    } catch (error) {
      if (error instanceof GuestRefused && /no such file/i.test(error.message)) return undefined;
      throw error;
    }
  }

  #say(execute: string, words: { readonly [name: string]: unknown }): Promise<unknown> {
    return this.#line.say({ execute, arguments: words });
  }
}
