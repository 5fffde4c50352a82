import type { Readable, Writable } from 'node:stream';
import {
  aliveEveryMs,
  asLine,
  type FromAgent,
  LineSplitter,
  parseRequest,
  protocolNumber,
  type Request,
} from './agent-protocol.ts';
import { errorToJson } from './error-json.ts';
import type { Host } from './host.ts';

/**
 * A method beyond those of Host; what it emits reaches the caller in order, before its result. `gone` is aborted once
 * the caller has gone: work that only the caller wanted should stop then.
 */
export type AgentMethod = (
  params: unknown,
  emit: (event: unknown) => void,
  gone: AbortSignal,
) => Promise<unknown>;

export interface AgentOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly host: Host;
  /** Of the product. */
  readonly version: string;
  readonly methods?: Readonly<Record<string, AgentMethod>>;
}

/**
 * Serves a host to the other end, many requests at once.
 * Resolves when the input has ended and all started work is done: losing the connection does not interrupt any of it.
 */
export async function serveAgent(options: AgentOptions): Promise<void> {
  await new AgentServer(options).serve();
}

/** How much output may wait for the other end to read it. */
const backlogBytes = 512 * 1024 * 1024;

class AgentServer {
  readonly #options: AgentOptions;
  readonly #methods: ReadonlyMap<string, AgentMethod>;
  readonly #running = new Set<Promise<void>>();
  readonly #gone = new AbortController();
  #heard = true;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#methods = new Map([...hostMethods(options.host), ...Object.entries(options.methods ?? {})]);
  }

  async serve(): Promise<void> {
    const { input, output, version } = this.#options;
    output.on('error', () => {
      this.#heard = false;
    });
    this.#say({ hello: 'vflane-agent', protocol: protocolNumber, version });
    const alive = setInterval(() => this.#running.size > 0 && this.#say({ alive: true }), aliveEveryMs);
    await this.#readAll(input);
    this.#gone.abort();
    while (this.#running.size > 0) await Promise.all(this.#running);
    clearInterval(alive);
  }

  async #readAll(input: Readable): Promise<void> {
    const lines = new LineSplitter();
    try {
      for await (const piece of input) for (const line of lines.push(Buffer.from(piece))) this.#begin(line);
    } catch {
      // A broken connection counts as a closed one; running work goes on.
    }
  }

  #begin(line: string): void {
    const request = parseRequest(line);
    // Without an id there is no request to answer; the caller has a deadline.
    if (request === undefined) return;
    const done = this.#answer(request).finally(() => this.#running.delete(done));
    this.#running.add(done);
  }

  async #answer({ id, method, params }: Request): Promise<void> {
    try {
      const work = this.#methods.get(method);
      if (work === undefined) throw new Error(`the agent knows no method ${JSON.stringify(method)}`);
      const emit = (event: unknown) => this.#trySay({ id, event: event ?? null });
      const result = await work(params, emit, this.#gone.signal);
      this.#say({ id, result: result ?? null });
    } catch (error) {
      if (this.#trySay({ id, error: errorToJson(error) })) return;
      this.#trySay({
        id,
        error: {
          name: 'Error',
          message: `an answer that cannot be written as JSON: ${String(error).slice(0, 1000)}`,
        },
      });
    }
  }

  /** Work on the host goes on even if reporting it fails. */
  #trySay(message: FromAgent): boolean {
    try {
      this.#say(message);
      return true;
    } catch {
      return false;
    }
  }

  /** @throws if the message is too long or cannot be JSON */
  #say(message: FromAgent): void {
    const line = asLine(message);
    const { output } = this.#options;
    // The other end has not read for a long time: messages from here on are dropped.
    if (output.writableLength > backlogBytes) this.#heard = false;
    if (this.#heard) output.write(line);
  }
}

/** Host's methods, each taking its parameters as an array in the order of its signature. */
function hostMethods(host: Host): ReadonlyMap<string, AgentMethod> {
  return new Map<string, AgentMethod>([
    ['readFile', async (params) => host.readFile(words(params, 1)[0])],
    ['readLink', async (params) => host.readLink(words(params, 1)[0])],
    ['listDir', async (params) => host.listDir(words(params, 1)[0])],
    ['openFiles', async (params) => host.openFiles(words(params, 1)[0])],
    ['writeFile', async (params) => host.writeFile(...words(params, 2))],
    ['query', async (params) => host.query(...asQuery(params))],
    ['ask', async (params) => host.ask?.(...asAsk(params))],
    ['run', async (params) => host.run(...asRun(params))],
  ]);
}

function words(params: unknown, count: 1): readonly [string];
function words(params: unknown, count: 2): readonly [string, string];
function words(params: unknown, count: number): readonly string[] {
  if (isWords(params) && params.length === count) return params;
  throw new TypeError(`${count} strings are expected`);
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string');
}

function asQuery(params: unknown): readonly [readonly string[], number | undefined] {
  const [argv, timeoutMs] = Array.isArray(params) ? params : [];
  return [asArgv(argv), asTimeout(timeoutMs)];
}

function asAsk(params: unknown): readonly [string, readonly string[], number | undefined] {
  const [socket, lines, timeoutMs] = Array.isArray(params) ? params : [];
  if (typeof socket !== 'string' || !isWords(lines)) throw new TypeError('a socket and lines are expected');
  return [socket, lines, asTimeout(timeoutMs)];
}

function asRun(params: unknown): Parameters<Host['run']> {
  const [argv, options] = Array.isArray(params) ? params : [];
  const { stdin, timeoutMs } = (options ?? {}) as { readonly stdin?: unknown; readonly timeoutMs?: unknown };
  const deadline = asTimeout(timeoutMs);
  if (stdin !== undefined && typeof stdin !== 'string') throw new TypeError('stdin is a string');
  return [
    asArgv(argv),
    { ...(stdin === undefined ? {} : { stdin }), ...(deadline === undefined ? {} : { timeoutMs: deadline }) },
  ];
}

function asArgv(value: unknown): readonly string[] {
  if (isWords(value)) return value;
  throw new TypeError('an argv is an array of strings');
}

function asTimeout(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && value > 0) return value;
  throw new TypeError('a timeout is a number of milliseconds');
}
