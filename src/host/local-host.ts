import { closeSync, constants, open, read, readdirSync, readlinkSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { runCommand } from './command.ts';
import { within } from './deadline.ts';
import { askDomain, askInTurn, domainOf } from './domain-agent.ts';
import { putFile } from './durable-file.ts';
import { defaultTimeoutMs, type Host, HostError, type OpenFile, type Ran, type RunOptions } from './host.ts';
import { hostEnv } from './host-env.ts';
import { AttributeWriter, WriteHangs } from './kernel-attribute.ts';
import { CannotLook, openFilesBelow } from './open-files.ts';
import { isReadOnly } from './read-only.ts';
import { isReadingLine, talkToSocket } from './socket-talk.ts';
import { exitDespite } from './stuck-thread.ts';

export interface LocalHostOptions {
  readonly name: string;
  /** A folder that stands for `/`, for files only. */
  readonly root?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Deadline of one file operation; creating a PF's VFs is one, and can take a minute. */
  readonly fileTimeoutMs?: number;
}

/** This machine, and how many processes were started on it. */
export interface LocalHost extends Host {
  readonly spawned: number;
}

const openFile = promisify(open);
const readFrom = promisify(read);

export function localHost(options: LocalHostOptions): LocalHost {
  return new Local(options);
}

class Local implements LocalHost {
  readonly name: string;
  spawned = 0;
  readonly #root: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #fileTimeoutMs: number;
  readonly #attributes = new AttributeWriter(() => {
    this.spawned += 1;
  });

  constructor({ name, root = '/', env = process.env, fileTimeoutMs = 120_000 }: LocalHostOptions) {
    this.name = name;
    this.#root = root;
    this.#fileTimeoutMs = fileTimeoutMs;
    this.#env = hostEnv(env);
  }

  readFile(path: string): Promise<string> {
    return this.#onFile('read', path, (file) => readWhole(file, isAttribute(path)));
  }

  readLink(path: string): Promise<string> {
    if (isSysfs(path)) return this.#attempt(['readlink', path], async () => readlinkSync(this.#place(path)));
    return this.#onFile('readlink', path, (file) => readlink(file));
  }

  listDir(path: string): Promise<readonly string[]> {
    if (isSysfs(path))
      return this.#attempt(['list', path], async () => readdirSync(this.#place(path)).sort());
    return this.#onFile('list', path, async (folder) => (await readdir(folder)).sort());
  }

  openFiles(folder: string): Promise<readonly OpenFile[]> {
    return this.#onFile('open files below', folder, async () => {
      const proc = join(this.#root, 'proc');
      // With hidepid, other users' processes are not even listed: only root can say that there are none.
      if (this.#root === '/' && process.geteuid?.() !== 0)
        throw new CannotLook('only root may look into every process: run as root', 'EACCES');
      return openFilesBelow(proc, normalize(folder));
    });
  }

  async ask(
    socket: string,
    lines: readonly string[],
    timeoutMs = defaultTimeoutMs,
  ): Promise<readonly string[]> {
    if (!lines.every(isReadingLine))
      throw new HostError({ kind: 'refused', host: this.name, argv: ['ask', socket, ...lines] });
    const domain = domainOf(socket);
    if (domain === undefined) return talkToSocket(this.name, join(this.#root, socket), lines, timeoutMs);
    return askInTurn(lines, (line) =>
      askDomain((argv, withinMs) => this.run(argv, { timeoutMs: withinMs }), domain, line, timeoutMs),
    );
  }

  async query(argv: readonly string[], timeoutMs?: number): Promise<Ran> {
    if (!isReadOnly(argv)) throw new HostError({ kind: 'refused', host: this.name, argv });
    return this.run(argv, timeoutMs === undefined ? {} : { timeoutMs });
  }

  run(argv: readonly string[], { stdin, timeoutMs = defaultTimeoutMs }: RunOptions = {}): Promise<Ran> {
    this.spawned += 1;
    return runCommand({ host: this.name, argv, stdin, timeoutMs, env: this.#env });
  }

  prepare(): void {
    this.#attributes.prepare();
  }

  writeFile(path: string, text: string): Promise<void> {
    if (/^\/(sys|proc)\//.test(normalize(path))) return this.#writeAttribute(path, text);
    return this.#onFile('write', path, (file) => putFile(file, text));
  }

  /** A write that the kernel blocks beyond the deadline is left behind in its own process: it may still happen later. */
  #writeAttribute(path: string, text: string): Promise<void> {
    const timeoutMs = this.#fileTimeoutMs;
    const write = async (file: string): Promise<void> => {
      const errno = await this.#attributes.write(file, text, timeoutMs);
      if (errno !== undefined) throw errnoError(errno);
    };
    // Writes wait for each other, so only the writer itself knows when this one's deadline starts.
    return this.#attempt(['write', path, text], () => write(this.#place(path)));
  }

  #onFile<Value>(verb: string, path: string, work: (file: string) => Promise<Value>): Promise<Value> {
    const argv = [verb, path];
    return this.#attempt(argv, () => {
      const working = work(this.#place(path));
      return within(this.#fileTimeoutMs, working, () => {
        exitDespite(working);
        return this.#timedOut(argv);
      });
    });
  }

  #timedOut(argv: readonly string[]): HostError {
    return new HostError({ kind: 'timeout', host: this.name, argv });
  }

  async #attempt<Value>(argv: readonly string[], work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof HostError) throw error;
      if (error instanceof WriteHangs) throw this.#timedOut(argv);
      const { code = 'EIO' } = error as NodeJS.ErrnoException;
      const errno = code.startsWith('ERR_') ? 'EINVAL' : code;
      const seen = error instanceof CannotLook ? { stderr: error.message } : {};
      throw new HostError({ kind: 'errno', host: this.name, argv, errno, ...seen }, error);
    }
  }

  #place(path: string): string {
    if (!path.startsWith('/')) throw errnoError('EINVAL');
    return join(this.#root, normalize(path));
  }
}

/**
 * The kernel answers for links and folders of sysfs from memory, without waiting for a driver (fs/kernfs: removing an
 * entry releases its lock while it waits): a few microseconds, while a turn of the event loop takes a hundred.
 */
function isSysfs(path: string): boolean {
  return normalize(path).startsWith('/sys/');
}

function errnoError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

/** The longest text attribute of sysfs, in bytes (PAGE_SIZE, Documentation/filesystems/sysfs.rst). */
const pageBytes = 4096;

/**
 * Five times faster than fs.promises.readFile, and unlike readFileSync it does not block the event loop when an
 * attribute waits for a lock that a stuck write holds.
 */
async function readWhole(place: string, shortReadEnds: boolean): Promise<string> {
  const file = await openFile(place, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const chunks: Buffer[] = [];
    // Small enough for Node's buffer pool: allocating a buffer for each of a thousand attributes costs more than reading.
    for (let size = pageBytes / 4; ; size = pageBytes * 64) {
      const { bytesRead, buffer } = await readFrom(file, Buffer.allocUnsafe(size), 0, size, null);
      chunks.push(buffer.subarray(0, bytesRead));
      if (bytesRead === 0 || (shortReadEnds && bytesRead < Math.min(size, pageBytes)))
        return Buffer.concat(chunks).toString('utf8');
    }
  } finally {
    closeSync(file);
  }
}

/** A short read is the end of a sysfs file; in debugfs and /proc it may be one record of many. */
function isAttribute(path: string): boolean {
  return isSysfs(path) && !normalize(path).startsWith('/sys/kernel/debug/');
}
