import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { within } from './deadline.ts';

/**
 * Runs in a process of its own: the kernel can hold a write for ever (sriov_numvfs=0 while a VF is assigned, facts §3.1),
 * and a thread of ours that is held so would keep us from exiting.
 */
const program = `
const fs = require('node:fs');
let rest = '';
process.stdin.setEncoding('utf8').on('data', (data) => {
  const lines = (rest + data).split('\\n');
  rest = lines.pop();
  for (const line of lines) fs.writeSync(1, JSON.stringify(write(JSON.parse(line))) + '\\n');
});
function write({ path, text }) {
  try {
    const file = fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_TRUNC);
    try {
      const bytes = Buffer.from(text);
      return fs.writeSync(file, bytes) === bytes.length ? {} : { errno: 'EIO' };
    } finally {
      fs.closeSync(file);
    }
  } catch (error) {
    return { errno: error.code };
  }
}
`;

/** Thrown where the kernel did not answer a write within its deadline; the process that writes stays behind. */
export class WriteHangs extends Error {
  override readonly name = 'WriteHangs';
}

interface Writer {
  readonly child: ChildProcess;
  readonly answers: AsyncIterator<string>;
}

/** Writes kernel attributes one after another, each with one write(2) to a file that exists. */
export class AttributeWriter {
  #writer: Writer | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #started: () => void;

  /** @param started called for each process that is started */
  constructor(started: () => void) {
    this.#started = started;
  }

  /** The errno's name where the kernel refused. @throws WriteHangs */
  write(path: string, text: string, timeoutMs: number): Promise<string | undefined> {
    const written = this.#last.then(() => this.#ask(path, text, timeoutMs));
    this.#last = written.catch(() => undefined);
    return written;
  }

  async #ask(path: string, text: string, timeoutMs: number): Promise<string | undefined> {
    this.#writer ??= this.#start();
    const { child, answers } = this.#writer;
    // sysfs ignores a write of no bytes; a lone newline is how an attribute is cleared.
    child.stdin?.write(`${JSON.stringify({ path, text: text === '' ? '\n' : text })}\n`);
    try {
      const answer = await within(timeoutMs, answers.next(), () => new WriteHangs(path));
      if (answer.done === true) throw new Error(`the process that writes kernel attributes ended: ${path}`);
      return (JSON.parse(answer.value) as { readonly errno?: string }).errno;
    } catch (error) {
      this.#writer = undefined;
      child.kill('SIGKILL');
      throw error;
    }
  }

  #start(): Writer {
    this.#started();
    const child = spawn(process.execPath, ['-e', program], {
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true,
      env: {},
    });
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    for (const handle of [child, child.stdin, child.stdout]) (handle as { unref?(): void }).unref?.();
    return { child, answers: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  }
}
