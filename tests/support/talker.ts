import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';

type Lines = readonly string[];

/** A process that runs beside the test, reads lines, and prints some, the first of them "ready". */
export class Talker {
  readonly #argv: Lines;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #news = new EventEmitter();
  readonly #lines: string[] = [];
  #begun = '';
  #errors = '';

  private constructor(argv: Lines, env: NodeJS.ProcessEnv) {
    this.#argv = argv;
    const [program = '', ...words] = argv;
    this.#child = spawn(program, words, { env, stdio: 'pipe' });
    // Once it is gone, writing to it is no error.
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    this.#child.on('error', ({ message }) => this.#hear(`${message}\n`));
    this.#child.on('close', () => this.#news.emit('news'));
  }

  /** @throws if it is not ready within ten seconds */
  static async start(argv: Lines, env: NodeJS.ProcessEnv): Promise<Talker> {
    const talker = new Talker(argv, env);
    await talker.until((lines) => lines[0] === 'ready', 'it is ready', 10_000);
    talker.#lines.shift();
    return talker;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything it has printed since it was ready. */
  get lines(): Lines {
    return this.#lines;
  }

  say(...lines: Lines): void {
    this.#child.stdin.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** @throws if that does not hold in time, or no longer can */
  async until(holds: (lines: Lines) => boolean, what: string, timeoutMs = 5_000): Promise<void> {
    const late = AbortSignal.timeout(timeoutMs);
    while (!holds(this.#lines)) {
      if (late.aborted || this.#over) throw this.#missed(what, timeoutMs);
      await once(this.#news, 'news', { signal: late }).catch(() => undefined);
    }
  }

  async stop(): Promise<void> {
    if (this.#over) return;
    const over = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await over;
  }

  get #over(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #hear(text: string): void {
    const lines = `${this.#begun}${text}`.split('\n');
    this.#begun = lines.pop() ?? '';
    this.#lines.push(...lines);
    this.#news.emit('news');
  }

  #missed(what: string, timeoutMs: number): Error {
    const end = this.#over ? 'before it ended' : `within ${timeoutMs} ms`;
    const said = this.#lines.slice(-20).join('\n');
    return new Error(`${this.#argv.join(' ')}: not seen ${end}: ${what}\n${said}\n${this.#errors}`);
  }
}
