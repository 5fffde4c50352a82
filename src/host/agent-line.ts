import type { Readable, Writable } from 'node:stream';
import {
  aliveEveryMs,
  asLine,
  type Hello,
  LineSplitter,
  parseFromAgent,
  protocolNumber,
  type Reply,
} from './agent-protocol.ts';
import { within } from './deadline.ts';
import { errorFromJson } from './error-json.ts';
import { defaultTimeoutMs, HostError, type HostErrorDetails } from './host.ts';

/** A connection to an agent. */
export interface Transport {
  /** From the agent. */
  readonly input: Readable;
  /** To the agent. */
  readonly output: Writable;
  /** Resolves once nothing more will come, with what was printed on the side (ssh's stderr); never rejects. */
  readonly ended: Promise<string>;
  /** Closes the connection; the agent finishes what it has started. */
  cut(): void;
}

export interface AgentLineOptions {
  /** The host's name, for messages. */
  readonly name: string;
  /** Of the product; an agent of another version is refused. */
  readonly version: string;
  /** Deadline of the handshake. */
  readonly timeoutMs?: number;
  /** Gets every line before the agent's first; if it throws, the handshake fails with that. */
  readonly prologue?: (line: string) => void;
  /** An agent that owes an answer and sends nothing for this long is lost. */
  readonly silenceMs?: number;
}

interface Pending {
  readonly argv: readonly string[];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: (event: unknown) => void;
}

interface Greeting {
  readonly resolve: (hello: Hello) => void;
  readonly reject: (error: Error) => void;
}

const closeTimeoutMs = 2_000;

/** Requests to an agent, many at once, each with its answer; once the connection is lost, all of them fail. */
export class AgentLine {
  readonly #transport: Transport;
  readonly #options: AgentLineOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #lines = new LineSplitter();
  readonly #silenceMs: number;
  #nextId = 1;
  #heard = false;
  #lost: string | undefined;
  #silence: NodeJS.Timeout | undefined;
  #greeting: Greeting | undefined;

  constructor(transport: Transport, options: AgentLineOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#silenceMs = options.silenceMs ?? 6 * aliveEveryMs;
  }

  /** Shakes hands. @throws HostError, kind `lost`; what the prologue throws */
  async greet(): Promise<void> {
    const { timeoutMs = defaultTimeoutMs } = this.#options;
    const greeted = new Promise<Hello>((resolve, reject) => {
      this.#greeting = { resolve, reject };
    });
    this.#listen();
    const late = (): HostError =>
      this.error({ kind: 'lost', stderr: `no agent answered within ${timeoutMs} ms` });
    try {
      this.#check(await within(timeoutMs, greeted, late));
    } catch (error) {
      this.#transport.cut();
      throw error;
    }
  }

  #check(there: Hello): void {
    const { version } = this.#options;
    if (there.protocol === protocolNumber && there.version === version) return;
    const stderr =
      `the agent there is vflane ${there.version} (protocol ${there.protocol}), ` +
      `this is vflane ${version} (protocol ${protocolNumber})`;
    throw this.error({ kind: 'lost', stderr, hint: 'use the same version of vflane at both ends' });
  }

  #listen(): void {
    const { input, output, ended } = this.#transport;
    output.on('error', () => undefined);
    input.on('error', () => undefined);
    input.on('data', (piece: Buffer) => this.#hearPiece(piece));
    // The last chunk may have arrived in the same turn of the event loop.
    void ended.then((said) => setImmediate(() => this.#lose(said.trim())));
  }

  #hearPiece(piece: Buffer): void {
    this.#heard = true;
    this.#silence?.refresh();
    try {
      for (const line of this.#lines.push(piece)) this.#hear(line);
    } catch (error) {
      this.#lose((error as Error).message);
    }
  }

  #hear(line: string): void {
    const message = parseFromAgent(line);
    if (this.#greeting !== undefined) {
      this.#hearFirst(
        this.#greeting,
        line,
        message !== undefined && 'hello' in message ? message : undefined,
      );
    } else if (message !== undefined && 'id' in message) {
      this.#hearReply(message);
    }
  }

  #hearFirst(greeting: Greeting, line: string, hello: Hello | undefined): void {
    try {
      if (hello === undefined) {
        this.#options.prologue?.(line);
        return;
      }
      greeting.resolve(hello);
    } catch (error) {
      greeting.reject(error as Error);
    }
    this.#greeting = undefined;
  }

  #hearReply(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    try {
      if ('event' in reply) {
        pending.onEvent(reply.event);
        return;
      }
      if ('error' in reply) pending.reject(this.#asOurs(errorFromJson(reply.error)));
      else pending.resolve(reply.result);
    } catch (error) {
      pending.reject(error as Error);
    }
    this.#forget(reply.id);
  }

  /** Replaces the agent's name for its host with ours. */
  #asOurs(error: Error): Error {
    if (!(error instanceof HostError)) return error;
    return new HostError({ ...error.details, host: this.#options.name }, error.cause);
  }

  #forget(id: number): void {
    this.#pending.delete(id);
    if (this.#pending.size > 0) return;
    clearTimeout(this.#silence);
    this.#silence = undefined;
  }

  /** Reads what arrived while this process itself was held up before declaring the agent silent. */
  #listenOnce(): void {
    this.#heard = false;
    setImmediate(() => {
      if (!this.#heard) this.#lose(`the agent said nothing for ${this.#silenceMs} ms`);
    });
  }

  #lose(said: string): void {
    this.#lost ??= said === '' ? 'the connection was cut' : said;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    clearTimeout(this.#silence);
    this.#transport.cut();
    this.#greeting?.reject(this.error({ kind: 'lost', stderr: this.#lost }));
    for (const { argv, reject } of waiting) reject(this.error({ kind: 'lost', argv, stderr: this.#lost }));
  }

  error(details: Omit<HostErrorDetails, 'host' | 'argv'> & Partial<HostErrorDetails>): HostError {
    return new HostError({ argv: ['agent'], ...details, host: this.#options.name });
  }

  /** @param argv the request in words, for messages */
  request(
    method: string,
    params: unknown,
    argv: readonly string[],
    onEvent: (event: unknown) => void = () => undefined,
  ): Promise<unknown> {
    if (this.#lost !== undefined) {
      return Promise.reject(this.error({ kind: 'lost', argv, stderr: this.#lost }));
    }
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const line = asLine({ id, method, params });
      this.#pending.set(id, { argv, resolve, reject, onEvent });
      this.#silence ??= setTimeout(() => this.#listenOnce(), this.#silenceMs);
      this.#transport.output.write(line);
    });
  }

  async close(): Promise<void> {
    this.#lost ??= 'the connection was closed';
    this.#transport.output.end();
    const late = (): Error => new Error('the agent is still at work');
    await within(closeTimeoutMs, this.#transport.ended, late).catch(() => undefined);
    this.#transport.cut();
  }
}
