import { askDomain, askInTurn, domainOf } from '../host/domain-agent.ts';
import {
  defaultTimeoutMs,
  type Host,
  HostError,
  type OpenFile,
  type Ran,
  type RunOptions,
} from '../host/host.ts';
import { isReadOnly } from '../host/read-only.ts';
import { isReadingLine } from '../host/socket-talk.ts';
import { type RebootOptions, reboot } from './boot.ts';
import { Changes } from './changes.ts';
import { advance, nowMs } from './clock.ts';
import type { Reply } from './commands/program.ts';
import type { SimOptions } from './create.ts';
import { Blocked, Refusal } from './errno.ts';
import { listDir, readFile, readLink, writeFile } from './files/root.ts';
import type { Keeper } from './keeper.ts';
import type { Change } from './log.ts';
import { converse } from './machines/converse.ts';
import { MissingProgram } from './missing.ts';
import { openFilesBelow } from './open-files.ts';
import { settle, start } from './start.ts';
import type { SimState, Timer } from './state.ts';
import { type Programs, play, programAt, Waiting, type Waits } from './systemd/drive.ts';
import { passTime, takeForeign, wake } from './wake.ts';

/** Plays the host's programs that the simulator itself does not know, by path. */
export type SimPrograms = Programs<SimHost>;

export type SimHostOptions = SimOptions & {
  /** How the tool dies from a `kill` fault; by default it kills itself. If this returns, KilledByFault is thrown. */
  readonly onKill?: () => void;
  /** Plays units' programs that the simulator itself does not know. */
  readonly programs?: SimPrograms;
};

/** A kernel, a card and their tools in memory: answers as a real host does, and refuses what one refuses. */
export class SimHost implements Host {
  readonly name: string;
  readonly #keeper: Keeper;
  readonly #changes: Changes;
  readonly #onKill: () => void;
  readonly #programs: SimPrograms;

  constructor(keeper: Keeper, options: Pick<SimHostOptions, 'name' | 'onKill' | 'programs'>) {
    this.name = options.name;
    this.#keeper = keeper;
    this.#onKill = options.onKill ?? (() => process.kill(process.pid, 'SIGKILL'));
    this.#changes = new Changes(this.name, keeper, this.#onKill);
    this.#programs = options.programs ?? {};
  }

  /** The current state. */
  get state(): SimState {
    return this.#keeper.load();
  }

  /** Changes the machine from outside, as a person in front of it would: no command, no log, no fault; durable on return. */
  alter<Value>(work: (state: SimState) => Value): Value {
    return this.#keeper.alone(() => {
      const value = work(this.#keeper.load());
      this.#keeper.save();
      return value;
    });
  }

  /** The same machine, for a tool that starts again after it was killed. */
  reopened(): SimHost {
    return new SimHost(this.#keeper, { name: this.name, onKill: this.#onKill, programs: this.#programs });
  }

  /** The host's clock: sleeping moves it on without real waiting. */
  get clock(): { now(): number; sleep(ms: number): Promise<void> } {
    return {
      now: () => nowMs(this.state),
      sleep: async (ms) => {
        this.#alive();
        advance(this.state, ms);
        wake(this.state);
      },
    };
  }

  async readFile(path: string): Promise<string> {
    return this.#look(['read', path], (state) => readFile(state, '', path));
  }

  async readLink(path: string): Promise<string> {
    return this.#look(['readlink', path], (state) => readLink(state, path));
  }

  async listDir(path: string): Promise<readonly string[]> {
    return this.#look(['list', path], (state) => listDir(state, '', path));
  }

  async openFiles(folder: string): Promise<readonly OpenFile[]> {
    return this.#look(['open files below', folder], (state) => {
      if (state.uid !== 0) throw new Refusal('EACCES');
      return openFilesBelow(state, folder.replace(/\/+$/, ''));
    });
  }

  async query(argv: readonly string[], timeoutMs: number = defaultTimeoutMs): Promise<Ran> {
    if (!isReadOnly(argv)) throw new HostError({ kind: 'refused', host: this.name, argv });
    return this.#ask(argv, timeoutMs);
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const { stdin = '', timeoutMs = defaultTimeoutMs } = options;
    if (isReadOnly(argv)) return this.#ask(argv, timeoutMs);
    const change = stdin === '' ? { run: argv } : { run: argv, stdin };
    const program = programAt(this.#programs, argv[0] ?? '');
    if (program) return this.#playHere(argv, program);
    try {
      return this.#change(change, timeoutMs, (state) => this.#ran(argv, () => start(state, argv, stdin)));
    } catch (error) {
      if (!(error instanceof Waiting)) throw error;
      return this.#finished(argv, error.waits, timeoutMs);
    }
  }

  /** Reboots the machine, and runs its units until nothing is left to do. */
  async reboot(options: RebootOptions = {}): Promise<void> {
    this.alter((state) => reboot(state, options));
    await this.settle();
  }

  /** Continues what the host's units have started: programs not yet played, and what waits for them. */
  async settle(): Promise<void> {
    const { jobs, foreign } = this.state.systemd;
    if (jobs.length + foreign.length > 0) await this.#settleAll();
  }

  async #settleAll(): Promise<void> {
    await this.#drive(
      (state) => !state.systemd.jobs.some((job) => job.state === 'running' || job.state === 'waiting'),
    );
  }

  async #playHere(argv: readonly string[], program: NonNullable<SimPrograms[string]>): Promise<Ran> {
    const { code, stdout = '', stderr = '' } = await program(argv, this.reopened());
    return this.#ran(argv, () => ({ code, stdout, stderr }));
  }

  /** What a command prints once its jobs have ended; a timeout if they have not at the deadline. */
  async #finished(argv: readonly string[], waits: Waits, timeoutMs: number): Promise<Ran> {
    const deadline = nowMs(this.state) + timeoutMs;
    const isOver = ({ systemd }: SimState) =>
      !systemd.jobs.some(
        (job) => waits.jobs.includes(job.id) && (job.state === 'running' || job.state === 'waiting'),
      );
    if (!(await this.#drive(isOver, deadline)))
      throw new HostError({ kind: 'timeout', host: this.name, argv });
    return this.#ran(argv, () => this.alter((state) => waits.tell(state)));
  }

  /** Plays programs, and lets time pass if only that is awaited; false if it is not over by the deadline. */
  async #drive(isOver: (state: SimState) => boolean, deadline = Number.POSITIVE_INFINITY): Promise<boolean> {
    for (;;) {
      this.#alive();
      const foreign = this.alter(takeForeign);
      if (foreign) await play<SimHost>(this.#programs, this, foreign);
      else if (isOver(this.state)) return true;
      else if (!this.alter((state) => passTime(state, deadline))) return false;
    }
  }

  async writeFile(path: string, text: string): Promise<void> {
    await this.#change({ write: path, text }, defaultTimeoutMs, (state) =>
      this.#asHostError(['write', path, text], () => {
        // As on a real host: an empty write would not reach the attribute; a newline clears it.
        writeFile(state, '', path, text === '' && path.startsWith('/sys/') ? '\n' : text, 'ENOENT');
        settle(state);
        return { stdout: '', stderr: '' };
      }),
    );
  }

  /**
   * One connection to a socket that a VM listens on: returns the lines that came back for those sent, including QMP's
   * greeting and events.
   */
  async converse(
    socket: string,
    lines: readonly string[],
    timeoutMs: number = defaultTimeoutMs,
  ): Promise<readonly string[]> {
    this.#alive();
    const argv = ['converse', socket];
    // Only one operation has the state at a time, and the awaited event is another one.
    return this.#waited(argv, timeoutMs, () =>
      this.alter((state) =>
        this.#asHostError(argv, () => {
          const answers = converse(state, socket, lines);
          settle(state);
          return answers;
        }),
      ),
    );
  }

  /** The same, for lines that only read. */
  async ask(
    socket: string,
    lines: readonly string[],
    timeoutMs: number = defaultTimeoutMs,
  ): Promise<readonly string[]> {
    if (!lines.every(isReadingLine))
      throw new HostError({ kind: 'refused', host: this.name, argv: ['ask', socket, ...lines] });
    const domain = domainOf(socket);
    if (domain === undefined) return this.converse(socket, lines, timeoutMs);
    const run = async (argv: readonly string[], withinMs: number) => this.#ask(argv, withinMs);
    return askInTurn(lines, (line) => askDomain(run, domain, line, timeoutMs));
  }

  /** Timers of `systemd-run` that are due, oldest first; a runner takes one before it runs it. */
  dueTimers(): readonly Timer[] {
    const now = nowMs(this.state);
    return this.state.timers.filter((timer) => timer.dueMs <= now).sort((a, b) => a.dueMs - b.dueMs);
  }

  takeTimer(unit: string): Timer | undefined {
    return this.alter((state) => {
      const taken = state.timers.find((timer) => timer.unit === unit);
      state.timers = state.timers.filter((timer) => timer !== taken);
      return taken;
    });
  }

  #alive(): void {
    this.#changes.refuseIfDead();
    wake(this.state);
  }

  #look<Value>(argv: readonly string[], look: (state: SimState) => Value): Value {
    this.#alive();
    return this.#waited(argv, defaultTimeoutMs, () => this.#asHostError(argv, () => look(this.state)));
  }

  #ask(argv: readonly string[], timeoutMs: number): Ran {
    this.#alive();
    return this.#waited(argv, timeoutMs, () => this.#ran(argv, () => start(this.state, argv, '')));
  }

  /** A read that the kernel does not answer fails at its deadline. */
  #waited<Value>(argv: readonly string[], timeoutMs: number, look: () => Value): Value {
    try {
      return look();
    } catch (error) {
      if (!(error instanceof Blocked)) throw error;
      this.alter((state) => advance(state, timeoutMs));
      throw new HostError({ kind: 'timeout', host: this.name, argv });
    }
  }

  #change(change: Change, timeoutMs: number, act: (state: SimState) => Ran): Ran {
    this.#alive();
    return this.#changes.change(change, timeoutMs, act);
  }

  /** A program's result in the form that `Host` returns. */
  #ran(argv: readonly string[], run: () => Reply): Ran {
    const reply = this.#asHostError(argv, run);
    if (reply.waitsFor) throw new Waiting(reply.waitsFor);
    const { stdout, stderr, code } = reply;
    if (code === 0) return { stdout, stderr };
    throw new HostError({ kind: 'exit', host: this.name, argv, exitCode: code, stdout, stderr });
  }

  #asHostError<Value>(argv: readonly string[], act: () => Value): Value {
    try {
      return act();
    } catch (error) {
      if (error instanceof MissingProgram)
        throw new HostError({ kind: 'missing', host: this.name, argv }, error);
      if (!(error instanceof Refusal)) throw error;
      throw new HostError({ kind: 'errno', host: this.name, argv, errno: error.errno }, error);
    }
  }
}
