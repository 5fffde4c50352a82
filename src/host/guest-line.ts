import { connect, type Socket } from 'node:net';
import { LineSplitter, LineTooLong } from './agent-protocol.ts';
import { runCommand } from './command.ts';
import { askDomain, domainOf } from './domain-agent.ts';
import { HostError, type HostErrorDetails } from './host.ts';
import { hostEnv } from './host-env.ts';

/** A command of a guest agent (qemu-ga-ref(7)). */
export interface GuestCommand {
  readonly execute: string;
  readonly arguments?: { readonly [name: string]: unknown };
}

/** An agent answers at once; one that is busy with another caller's command, within this. */
const answerMs = 15_000;
/** The longest answer, in bytes: a chunk of a file is far smaller. */
const limitBytes = 1024 * 1024;
/** How much of an error's text is quoted, in characters: someone inside the guest may have written it. */
const longestQuote = 300;

/** The agent refused a command; its own words. */
export class GuestRefused extends Error {
  override readonly name = 'GuestRefused';
}

/** A connection to a guest's agent. */
export interface AgentLine {
  /** The command's `return`. @throws GuestRefused, HostError */
  say(command: GuestCommand): Promise<unknown>;
  leave(): void;
}

/** To be released with `leave`. @param socket a path on this machine, or a name from `agentOfDomain` */
export function takeLine(host: string, socket: string): AgentLine {
  const domain = domainOf(socket);
  return domain === undefined ? GuestLine.take(host, socket) : throughLibvirt(host, domain);
}

function throughLibvirt(host: string, domain: string): AgentLine {
  const run = (argv: readonly string[], timeoutMs: number) =>
    runCommand({ host, argv, stdin: undefined, timeoutMs, env: hostEnv(process.env) });
  return {
    leave: () => undefined,
    say: async (command) => {
      const reply = parseReply(await askDomain(run, domain, JSON.stringify(command), answerMs));
      if (reply !== undefined && 'return' in reply) return reply.return;
      throw new GuestRefused(wordsOf(reply?.error));
    },
  };
}

/**
 * The connection to a guest's agent, a unix socket of its QEMU. QEMU serves one caller at a time: all callers in this
 * process that talk to the same guest share the connection, one command at a time.
 */
class GuestLine implements AgentLine {
  static readonly #open = new Map<string, GuestLine>();

  readonly #host: string;
  readonly #path: string;
  readonly #socket: Socket;
  readonly #lines = new LineSplitter(limitBytes);
  #users = 0;
  #last: Promise<unknown> = Promise.resolve();
  #hear: (line: string) => void = () => undefined;
  #broken: (error: HostError) => void = () => undefined;
  #error: HostError | undefined;

  private constructor(host: string, path: string) {
    this.#host = host;
    this.#path = path;
    this.#socket = connect(path);
    this.#socket.on('data', (piece: Buffer) => this.#take(piece));
    this.#socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#break({ kind: 'errno', errno: error.code ?? 'EIO' }),
    );
    this.#socket.on('close', () =>
      this.#break({ kind: 'errno', errno: 'EPIPE', stderr: 'the guest is gone' }),
    );
  }

  static take(host: string, path: string): GuestLine {
    const known = GuestLine.#open.get(path);
    const line = known ?? new GuestLine(host, path);
    line.#users += 1;
    GuestLine.#open.set(path, line);
    // The answer to an earlier caller's command may still arrive (qemu-ga-ref(7), guest-sync).
    if (known === undefined) line.#last = line.#synced().catch(() => undefined);
    return line;
  }

  leave(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#forget();
    this.#socket.destroy();
  }

  say(command: GuestCommand): Promise<unknown> {
    const answer = this.#last.then(() => this.#exchange(command, () => true));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  #take(piece: Buffer): void {
    try {
      for (const line of this.#lines.push(piece)) this.#hear(line);
    } catch (error) {
      if (!(error instanceof LineTooLong)) throw error;
      this.#break({ kind: 'errno', errno: 'ENOBUFS', stderr: `it sends more than ${limitBytes} bytes` });
    }
  }

  #synced(): Promise<unknown> {
    const id = Math.floor(Math.random() * 2 ** 31);
    return this.#exchange({ execute: 'guest-sync', arguments: { id } }, (reply) => reply.return === id);
  }

  #exchange(command: GuestCommand, isMine: (reply: Reply) => boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#error) return reject(this.#error);
      const late = setTimeout(() => this.#break({ kind: 'timeout' }), answerMs);
      this.#broken = (error) => {
        clearTimeout(late);
        reject(error);
      };
      this.#hear = (text) => {
        const reply = parseReply(text);
        if (reply === undefined || !isMine(reply)) return;
        clearTimeout(late);
        if ('return' in reply) resolve(reply.return);
        else reject(new GuestRefused(wordsOf(reply.error)));
      };
      this.#socket.write(`${JSON.stringify(command)}\n`);
    });
  }

  /** Fails everything pending: it is no longer known which answer belongs to which command. */
  #break(details: Omit<HostErrorDetails, 'host' | 'argv'>): void {
    this.#error ??= new HostError({ ...details, host: this.#host, argv: ['ask', this.#path] });
    this.#forget();
    this.#socket.destroy();
    this.#broken(this.#error);
  }

  #forget(): void {
    if (GuestLine.#open.get(this.#path) === this) GuestLine.#open.delete(this.#path);
  }
}

interface Reply {
  readonly return?: unknown;
  readonly error?: unknown;
}

/** Undefined if it is not a reply; someone inside the guest may send anything. */
function parseReply(line: string): Reply | undefined {
  try {
    const reply: unknown = JSON.parse(line);
    const fits = typeof reply === 'object' && reply !== null && ('return' in reply || 'error' in reply);
    return fits ? (reply as Reply) : undefined;
  } catch {
    return undefined;
  }
}

function wordsOf(error: unknown): string {
  const { desc } = (error ?? {}) as { readonly desc?: unknown };
  return `${typeof desc === 'string' ? desc : JSON.stringify(error)}`.slice(0, longestQuote);
}
