import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { constants as os } from 'node:os';
import { LineSplitter } from './agent-protocol.ts';
import { findProgram } from './find-program.ts';
import { HostError } from './host.ts';
import { hostEnv } from './host-env.ts';
import type { ProgramEnd, ProgramRun, RunProgram } from './program.ts';

/** How long a program may take to end when asked, before it is killed. */
const graceMs = 2_000;
/** The most that a program may print, in bytes. */
const outputLimitBytes = 256 * 1024 * 1024;
const stderrLimit = 64 * 1024;
const newline = Buffer.from('\n');

export interface LocalProgramsOptions {
  /** The host's name, for messages. */
  readonly name: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Programs on this machine. They die with this process, even if it is killed. */
export function localPrograms({ name, env = process.env }: LocalProgramsOptions): RunProgram {
  const theirs = hostEnv(env);
  return async (run) => new LocalProgram(name, theirs, run).ended;
}

class LocalProgram {
  readonly ended: Promise<ProgramEnd>;
  readonly #run: ProgramRun;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines = new LineSplitter();
  readonly #began = performance.now();
  #bytes = 0;
  #stderr = '';
  #cut: ProgramEnd['cut'];
  #timer: NodeJS.Timeout;
  readonly #stop = (): void => this.#end('stopped');

  constructor(host: string, env: NodeJS.ProcessEnv, run: ProgramRun) {
    this.#run = run;
    const { argv } = run;
    this.#child = started(host, env, run);
    this.#timer = setTimeout(() => this.#end('deadline'), run.timeoutMs);
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', (error) => {
        this.#leave();
        reject(new HostError({ kind: 'errno', host, argv, errno: 'EIO' }, error));
      });
      this.#child.on('close', (code, signal) => resolve(this.#over(code, signal)));
    });
    this.#listen();
  }

  #listen(): void {
    const { stdin, stdout, stderr } = this.#child;
    stdin.on('error', () => undefined);
    stdin.write(this.#run.stdin ?? '');
    stdout.on('data', (piece: Buffer) => this.#hear(piece));
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrLimit);
    });
    const { signal } = this.#run;
    if (signal?.aborted) this.#stop();
    signal?.addEventListener('abort', this.#stop, { once: true });
  }

  #hear(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > outputLimitBytes) this.#end('too-much');
    else for (const line of this.#lines.push(piece)) this.#run.onLine(line);
  }

  /** Closes its input and interrupts it, as a person at a terminal would: ping and iperf3 then print the results so far. */
  #end(why: NonNullable<ProgramEnd['cut']>): void {
    if (this.#cut !== undefined) return;
    this.#cut = why;
    this.#child.stdin.end();
    this.#child.kill('SIGINT');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
  }

  #over(code: number | null, signal: NodeJS.Signals | null): ProgramEnd {
    this.#leave();
    // A last line without a newline is a line, too.
    for (const line of this.#lines.push(newline)) if (line !== '') this.#run.onLine(line);
    return {
      exitCode: code ?? 128 + (signal === null ? 0 : os.signals[signal]),
      stderr: this.#stderr,
      ms: performance.now() - this.#began,
      ...(this.#cut === undefined ? {} : { cut: this.#cut }),
    };
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#run.signal?.removeEventListener('abort', this.#stop);
  }
}

/** @throws HostError */
function started(
  host: string,
  env: NodeJS.ProcessEnv,
  { argv, needs = [] }: ProgramRun,
): ChildProcessWithoutNullStreams {
  const absent = [argv[0] ?? '', ...needs].find((one) => findProgram(one, env.PATH ?? '') === undefined);
  if (absent !== undefined) throw new HostError({ kind: 'missing', host, argv: [absent] });
  // If we are killed, so is the program (PR_SET_PDEATHSIG, prctl(2)): otherwise a forgotten server would keep running.
  const words = ['--pdeathsig', 'KILL', '--', ...argv];
  try {
    // A Ctrl-C is ours to handle.
    return spawn('setpriv', words, { cwd: '/', env, detached: true, stdio: 'pipe' });
  } catch (error) {
    throw new HostError({ kind: 'errno', host, argv, errno: 'EINVAL' }, error);
  }
}
