import { askDomain, askInTurn, domainOf } from '../host/domain-agent.ts';
import {
  defaultTimeoutMs,
  type Host,
  HostError,
  type HostErrorDetails,
  type OpenFile,
  type Ran,
  type RunOptions,
} from '../host/host.ts';
import { isReadOnly } from '../host/read-only.ts';
import { isReadingLine } from '../host/socket-talk.ts';
import { advance, nowMs } from './clock.ts';
import type { Reply } from './commands/program.ts';
import { type RebootOptions, reboot, type SimOptions } from './create.ts';
import { Blocked, Refusal } from './errno.ts';
import { strike } from './faults.ts';
import { listDir, readFile, readLink, writeFile } from './files/root.ts';
import { functionAt } from './functions.ts';
import type { Keeper } from './keeper.ts';
import { appendLog, type Change } from './log.ts';
import { converse } from './machines/converse.ts';
import { MissingProgram } from './missing.ts';
import { settle, start } from './start.ts';
import type { Fault, SimState, Timer } from './state.ts';
import { type Programs, play, programAt, Waiting, type Waits } from './systemd/drive.ts';
import { passTime, takeForeign, wake } from './wake.ts';

/** The tool is dead: nothing it does on this host after that reaches it. */
export class KilledByFault extends Error {
  override readonly name = 'KilledByFault';
}

/** What the host's own programs do that the simulator does not know, by their paths. */
export type SimPrograms = Programs<SimHost>;

export type SimHostOptions = SimOptions & {
  /** How the tool dies of a `kill` fault; by default it kills itself. If it returns, KilledByFault is thrown. */
  readonly onKill?: () => void;
  /** What units' programs do that the simulated host does not know itself. */
  readonly programs?: SimPrograms;
};

/** A kernel, a card and their tools in memory: answers as a host does, and refuses what one refuses. */
export class SimHost implements Host {
  readonly name: string;
  readonly #keeper: Keeper;
  readonly #onKill: () => void;
  readonly #programs: SimPrograms;
  #dead: Error | undefined;

  constructor(keeper: Keeper, options: Pick<SimHostOptions, 'name' | 'onKill' | 'programs'>) {
    this.name = options.name;
    this.#keeper = keeper;
    this.#onKill = options.onKill ?? (() => process.kill(process.pid, 'SIGKILL'));
    this.#programs = options.programs ?? {};
  }

  /** The state as it is now. */
  get state(): SimState {
    return this.#keeper.load();
  }

  /** Changes the machine from outside, as who stands before it does: no command, no log, no fault; durable on return. */
  alter<Value>(work: (state: SimState) => Value): Value {
    return this.#keeper.alone(() => {
      const value = work(this.#keeper.load());
      this.#keeper.save();
      return value;
    });
  }

  /** The same machine for a tool that starts anew after it was killed. */
  reopened(): SimHost {
    return new SimHost(this.#keeper, { name: this.name, onKill: this.#onKill, programs: this.#programs });
  }

  /** Time on the host: sleeping moves it on and waits for nothing. */
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
      return await this.#change(change, timeoutMs, (state) =>
        this.#ran(argv, () => start(state, argv, stdin)),
      );
    } catch (error) {
      if (!(error instanceof Waiting)) throw error;
      return this.#finished(argv, error.waits, timeoutMs);
    }
  }

  /** Restarts the machine, and does all that its units do until nothing is left to do. */
  async reboot(options: RebootOptions = {}): Promise<void> {
    this.alter((state) => reboot(state, options));
    await this.settle();
  }

  /** Goes on with what the host's units have begun: programs that nobody plays, and what they wait for. */
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

  /** What a command says whose jobs have ended; one that has not ended at the deadline is a timeout. */
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

  /** Plays programs, and lets time pass where only that is waited for; false if it is not over by the deadline. */
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
      this.#told(['write', path, text], () => {
        // As on this machine: a write of nothing would reach no attribute, a newline clears it.
        writeFile(state, '', path, text === '' && path.startsWith('/sys/') ? '\n' : text, 'ENOENT');
        settle(state);
        return { stdout: '', stderr: '' };
      }),
    );
  }

  /**
   * One connection to a socket that a VM listens on: the lines that came back for those that were sent, QMP's greeting and
   * events among them.
   */
  async converse(
    socket: string,
    lines: readonly string[],
    timeoutMs: number = defaultTimeoutMs,
  ): Promise<readonly string[]> {
    this.#alive();
    const argv = ['converse', socket];
    // The state is one operation's at a time, and what is waited for is another one.
    return this.#waited(argv, timeoutMs, () =>
      this.alter((state) =>
        this.#told(argv, () => {
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

  /** Timers of `systemd-run` whose time has come, oldest first; who runs one takes it first. */
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
    if (this.#dead) throw this.#dead;
    wake(this.state);
  }

  #look<Value>(argv: readonly string[], look: (state: SimState) => Value): Value {
    this.#alive();
    return this.#waited(argv, defaultTimeoutMs, () => this.#told(argv, () => look(this.state)));
  }

  #ask(argv: readonly string[], timeoutMs: number): Ran {
    this.#alive();
    return this.#waited(argv, timeoutMs, () => this.#ran(argv, () => start(this.state, argv, '')));
  }

  /** A look that the kernel does not answer is over at its deadline. */
  #waited<Value>(argv: readonly string[], timeoutMs: number, look: () => Value): Value {
    try {
      return look();
    } catch (error) {
      if (!(error instanceof Blocked)) throw error;
      this.alter((state) => advance(state, timeoutMs));
      throw new HostError({ kind: 'timeout', host: this.name, argv });
    }
  }

  /** One operation that changes: a fault may strike it; it is logged and durable before it answers. */
  #change(change: Change, timeoutMs: number, act: (state: SimState) => Ran): Ran {
    this.#alive();
    return this.#keeper.alone(() => this.#changeAlone(this.#keeper.load(), change, timeoutMs, act));
  }

  #changeAlone(state: SimState, change: Change, timeoutMs: number, act: (state: SimState) => Ran): Ran {
    const fault = strike(state);
    if (fault && !fault.after && fault.how !== 'lie') this.#play(state, fault, change, timeoutMs);
    const outcome = attempt(() => act(fault?.how === 'lie' ? structuredClone(state) : state));
    if (fault?.after && fault.how !== 'lie') this.#play(state, fault, change, timeoutMs);
    return this.#answer(state, change, timeoutMs, described(fault), outcome);
  }

  #answer(state: SimState, change: Change, timeoutMs: number, struck: Struck, outcome: Attempt): Ran {
    if ('ran' in outcome) {
      this.#record(state, change, struck);
      return outcome.ran;
    }
    if (outcome.error instanceof Waiting) {
      this.#record(state, change, struck);
      if (struck.fault?.startsWith('lie')) return { stdout: '', stderr: '' };
      throw outcome.error;
    }
    if (outcome.error instanceof Blocked) advance(state, timeoutMs);
    const error = outcome.error instanceof Blocked ? this.#error('timeout', change) : outcome.error;
    this.#record(state, change, { error: error instanceof Error ? error.message : String(error), ...struck });
    throw error;
  }

  #play(state: SimState, fault: Fault, change: Change, timeoutMs: number): never {
    if (fault.how === 'kill' || fault.how === 'power') this.#die(state, fault, change);
    if (fault.how === 'hang') advance(state, timeoutMs);
    const error = this.#error(fault.how === 'hang' ? 'timeout' : 'run' in change ? 'exit' : 'errno', change);
    this.#record(state, change, { error: error.message, ...described(fault) });
    throw error;
  }

  /** What the tool had not asked for yet is not in the log. */
  #die(state: SimState, fault: Fault, change: Change): never {
    if (fault.how === 'power') reboot(state);
    if (fault.after) this.#record(state, change, described(fault));
    else this.#keeper.save();
    this.#dead = new KilledByFault(`${this.name}: killed by a fault`);
    this.#onKill();
    throw this.#dead;
  }

  #record(state: SimState, change: Change, more: Struck & { readonly error?: string }): void {
    appendLog(state, change, { at: nowMs(state), ...more });
    this.#keeper.save();
  }

  #error(kind: 'timeout' | 'exit' | 'errno', change: Change): HostError {
    const argv = 'run' in change ? change.run : ['write', change.write, change.text];
    const more: { readonly [key in typeof kind]: Partial<HostErrorDetails> } = {
      timeout: {},
      exit: { exitCode: 1, stdout: '', stderr: `${argv[0]}: Input/output error\n` },
      errno: { errno: 'EIO' },
    };
    return new HostError({ kind, host: this.name, argv, ...more[kind] });
  }

  /** A program's answer as the port gives it. */
  #ran(argv: readonly string[], run: () => Reply): Ran {
    const reply = this.#told(argv, run);
    if (reply.waitsFor) throw new Waiting(reply.waitsFor);
    const { stdout, stderr, code } = reply;
    if (code === 0) return { stdout, stderr };
    throw new HostError({ kind: 'exit', host: this.name, argv, exitCode: code, stdout, stderr });
  }

  #told<Value>(argv: readonly string[], act: () => Value): Value {
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

type Attempt = { readonly ran: Ran } | { readonly error: unknown };

function attempt(act: () => Ran): Attempt {
  try {
    return { ran: act() };
  } catch (error) {
    return { error };
  }
}

interface Struck {
  readonly fault?: string;
}

function described(fault: Fault | undefined): Struck {
  return fault ? { fault: `${fault.how} ${fault.after ? 'after' : 'before'}` } : {};
}

function openFilesBelow(state: SimState, folder: string): readonly OpenFile[] {
  return state.processes.flatMap((process) => {
    const groups = process.vfs
      .map((pci) => functionAt(state, pci)?.iommuGroup)
      .filter((g) => g !== undefined);
    const paths = groups.length > 0 ? ['/dev/vfio/vfio', ...groups.map((group) => `/dev/vfio/${group}`)] : [];
    return paths
      .filter((path) => path.startsWith(`${folder}/`))
      .map((path) => ({ path, pid: process.pid, command: process.command }));
  });
}
