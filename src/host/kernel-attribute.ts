import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { within } from './deadline.ts';

/**
 * Writes run in a process of their own: the kernel can block one forever (sriov_numvfs=0 while a VF is assigned, facts
 * §3.1), and a blocked thread of ours would keep us from exiting. Each line is a path and a text, both in hexadecimal; the
 * answer is an errno, 0 for success. perl-base, which every Debian has, starts in a tenth of Node's time.
 */
const inPerl = `
use Fcntl;
$| = 1;
while (<STDIN>) {
  my ($path, $text) = map { pack 'H*', $_ } split;
  my $errno = 0;
  if (sysopen my $file, $path, O_WRONLY | O_TRUNC) {
    my $bytes = syswrite $file, $text;
    $errno = !defined $bytes ? $! + 0 : $bytes == length $text ? 0 : ${constants.errno.EIO};
    close $file or $errno ||= $! + 0;
  } else {
    $errno = $! + 0;
  }
  print "$errno\\n";
}
`;

const inNode = `
const fs = require('node:fs');
let rest = '';
process.stdin.setEncoding('utf8').on('data', (data) => {
  const lines = (rest + data).split('\\n');
  rest = lines.pop();
  for (const line of lines) fs.writeSync(1, write(...line.split(' ').map((hex) => Buffer.from(hex, 'hex'))) + '\\n');
});
function write(path, text) {
  try {
    const file = fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_TRUNC);
    try {
      return fs.writeSync(file, text) === text.length ? 0 : ${constants.errno.EIO};
    } finally {
      fs.closeSync(file);
    }
  } catch (error) {
    return -error.errno;
  }
}
`;

const perl = '/usr/bin/perl';

function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}

function errnoName(errno: number): string {
  return Object.entries(constants.errno).find(([, value]) => value === errno)?.[0] ?? 'EIO';
}

/** The kernel did not complete a write within its deadline; the process that writes stays behind. */
export class WriteHangs extends Error {
  override readonly name = 'WriteHangs';
}

interface Writer {
  readonly child: ChildProcess;
  readonly answers: AsyncIterator<string>;
}

/** Writes kernel attributes one after another, each with a single write(2) to an existing file. */
export class AttributeWriter {
  #writer: Writer | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #started: () => void;
  readonly #hasPerl: boolean;

  /** @param started called for each process it starts */
  constructor(started: () => void, hasPerl = existsSync(perl)) {
    this.#started = started;
    this.#hasPerl = hasPerl;
  }

  /** The errno's name if the kernel refused. @throws WriteHangs */
  write(path: string, text: string, timeoutMs: number): Promise<string | undefined> {
    const written = this.#last.then(() => this.#ask(path, text, timeoutMs));
    this.#last = written.catch(() => undefined);
    return written;
  }

  /** Starts the writer before the first write: from a cold disk, its start is the longest part of that. */
  prepare(): void {
    this.#writer ??= this.#start();
  }

  async #ask(path: string, text: string, timeoutMs: number): Promise<string | undefined> {
    this.#writer ??= this.#start();
    const { child, answers } = this.#writer;
    // sysfs ignores an empty write; a lone newline clears an attribute.
    child.stdin?.write(`${hex(path)} ${hex(text === '' ? '\n' : text)}\n`);
    try {
      const answer = await within(timeoutMs, answers.next(), () => new WriteHangs(path));
      if (answer.done === true) throw new Error(`the process that writes kernel attributes ended: ${path}`);
      return answer.value === '0' ? undefined : errnoName(Number(answer.value));
    } catch (error) {
      this.#writer = undefined;
      child.kill('SIGKILL');
      throw error;
    }
  }

  #start(): Writer {
    this.#started();
    const [program, ...words] = this.#hasPerl ? [perl, '-e', inPerl] : [process.execPath, '-e', inNode];
    const child = spawn(program, words, {
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
