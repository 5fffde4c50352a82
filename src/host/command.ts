import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { HostError, type HostErrorDetails, type Ran } from './host.ts';

/** The most that a command may print on each of its outputs, in bytes. */
const outputLimitBytes = 64 * 1024 * 1024;
/** How long a command may take to end when asked, and how long its outputs may stay open after it ended. */
const graceMs = 1_000;

export interface Command {
  readonly host: string;
  readonly argv: readonly string[];
  readonly stdin: string | undefined;
  readonly timeoutMs: number;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs a program without a shell, in the C locale, out of reach of the terminal's signals. @throws HostError */
export function runCommand(command: Command): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const [program = '', ...words] = command.argv;
    const child = started(command, () =>
      spawn(program, words, {
        cwd: '/',
        env: command.env,
        // A Ctrl-C is ours to handle: a half-done change of a host is finished first.
        detached: true,
        stdio: [command.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      }),
    );
    new Running(command, child, resolve, reject);
  });
}

function started<Child>(command: Command, start: () => Child): Child {
  try {
    return start();
  } catch (error) {
    // Node itself refuses an argv with a NUL, an empty program, or one that is too long.
    throw spawnError(command, error as NodeJS.ErrnoException);
  }
}

function spawnError({ host, argv }: Command, error: NodeJS.ErrnoException): HostError {
  if (error.code === 'ENOENT') return new HostError({ kind: 'missing', host, argv }, error);
  const errno = error.code?.startsWith('ERR_') === true ? 'EINVAL' : (error.code ?? 'EIO');
  return new HostError({ kind: 'errno', host, argv, errno }, error);
}

/** One command, from its start to its single result. */
class Running {
  readonly #command: Command;
  readonly #child: ChildProcess;
  readonly #resolve: (ran: Ran) => void;
  readonly #reject: (error: Error) => void;
  readonly #said: { readonly stdout: Buffer[]; readonly stderr: Buffer[] } = { stdout: [], stderr: [] };
  #bytes = 0;
  #timer: NodeJS.Timeout;
  /** Why we ended it. */
  #cut: Pick<HostErrorDetails, 'kind' | 'errno'> | undefined;

  constructor(
    command: Command,
    child: ChildProcess,
    resolve: (ran: Ran) => void,
    reject: (error: Error) => void,
  ) {
    this.#command = command;
    this.#child = child;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#end({ kind: 'timeout' }), command.timeoutMs);
    this.#listen();
    // A program may end without having read its input.
    child.stdin?.on('error', () => undefined).end(command.stdin);
  }

  #listen(): void {
    const child = this.#child;
    child.stdout?.on('data', (data: Buffer) => this.#hear('stdout', data));
    child.stderr?.on('data', (data: Buffer) => this.#hear('stderr', data));
    child.on('error', (error) => this.#fail(spawnError(this.#command, error)));
    child.on('close', (code, signal) => this.#settle(code, signal));
    child.on('exit', (code, signal) => {
      // A daemon that it started may keep its outputs open forever.
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#settleWhenRead(code, signal), graceMs);
    });
  }

  /** If this process got no processor, the deadline fires before timely output is read: the event loop runs timers first. */
  #settleWhenRead(code: number | null, signal: NodeJS.Signals | null): void {
    const before = this.#bytes;
    setImmediate(() => {
      if (this.#bytes === before) this.#settle(code, signal);
      else this.#settleWhenRead(code, signal);
    });
  }

  #hear(from: 'stdout' | 'stderr', data: Buffer): void {
    this.#bytes += data.length;
    if (this.#bytes > outputLimitBytes) this.#end({ kind: 'errno', errno: 'ENOBUFS' });
    else this.#said[from].push(data);
  }

  #end(cut: Pick<HostErrorDetails, 'kind' | 'errno'>): void {
    if (this.#cut !== undefined) return;
    this.#cut = cut;
    this.#child.kill('SIGTERM');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#child.kill('SIGKILL');
      // A process that hangs in the kernel survives even this: it is left behind.
      this.#timer = setTimeout(() => this.#settle(null, 'SIGKILL'), graceMs);
    }, graceMs);
  }

  #settle(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#cut === undefined && code === 0) {
      this.#leave();
      this.#resolve(this.#ran());
      return;
    }
    const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    const why = this.#cut ?? { kind: 'exit', exitCode };
    this.#fail(new HostError({ ...why, host: this.#command.host, argv: this.#command.argv, ...this.#ran() }));
  }

  #fail(error: HostError): void {
    this.#leave();
    this.#reject(error);
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    this.#child.unref();
  }

  #ran(): Ran {
    return {
      stdout: Buffer.concat(this.#said.stdout).toString('utf8'),
      stderr: Buffer.concat(this.#said.stderr).toString('utf8'),
    };
  }
}
