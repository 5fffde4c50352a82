import type { ErrorJson } from './error-json.ts';

/** Must be the same at both ends; goes up with every change of the protocol. */
export const protocolNumber = 1;
/** The longest line, in bytes. */
const lineLimitBytes = 256 * 1024 * 1024;
/** A working agent says at least this often that it is alive. */
export const aliveEveryMs = 5_000;

/** The agent's first line. Anything before it came from a login shell. */
export interface Hello {
  readonly hello: 'vflane-agent';
  readonly protocol: number;
  /** Of the product. */
  readonly version: string;
}

export interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

/** A result or an error ends a request; its events come before. */
export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorJson }
  | { readonly id: number; readonly event: unknown };

export type FromAgent = Hello | Reply | { readonly alive: true };

/** A line longer than any agent sends: there is something else at the other end. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
}

/** Cuts a stream of bytes into lines, however it is chunked. */
export class LineSplitter {
  readonly #limitBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(limitBytes = lineLimitBytes) {
    this.#limitBytes = limitBytes;
  }

  /** The lines that this chunk completes, without their newlines. @throws LineTooLong */
  push(piece: Buffer): readonly string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, from)) {
      this.#keep(piece.subarray(from, end));
      lines.push(Buffer.concat(this.#pieces).toString('utf8'));
      this.#pieces = [];
      this.#bytes = 0;
      from = end + 1;
    }
    this.#keep(piece.subarray(from));
    return lines;
  }

  #keep(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#limitBytes)
      throw new LineTooLong(`a line of more than ${this.#limitBytes} bytes`);
    if (piece.length > 0) this.#pieces.push(piece);
  }
}

/** @throws LineTooLong; TypeError or RangeError if the message cannot be written as JSON */
export function asLine(message: FromAgent | Request): string {
  const line = `${JSON.stringify(message)}\n`;
  if (Buffer.byteLength(line) > lineLimitBytes)
    throw new LineTooLong(`a line of more than ${lineLimitBytes} bytes`);
  return line;
}

/** Undefined if the line is not a request. */
export function parseRequest(line: string): Request | undefined {
  const value = parseObject(line);
  if (value === undefined) return undefined;
  const { id, method, params } = value;
  return isId(id) && typeof method === 'string' ? { id, method, params } : undefined;
}

/** Undefined if the line is not an agent's message. */
export function parseFromAgent(line: string): FromAgent | undefined {
  const value = parseObject(line);
  if (value === undefined) return undefined;
  if (value.alive === true) return { alive: true };
  return parseHello(value) ?? parseReply(value);
}

function parseHello({ hello, protocol, version }: Fields): Hello | undefined {
  const isHello = hello === 'vflane-agent' && typeof protocol === 'number' && typeof version === 'string';
  return isHello ? { hello, protocol, version } : undefined;
}

function parseReply(value: Fields): Reply | undefined {
  const { id, result, error, event } = value;
  if (!isId(id)) return undefined;
  if ('error' in value) return { id, error: error as ErrorJson };
  if ('event' in value) return { id, event };
  return 'result' in value ? { id, result } : undefined;
}

type Fields = {
  readonly [field in
    | 'alive'
    | 'hello'
    | 'protocol'
    | 'version'
    | 'id'
    | 'method'
    | 'params'
    | 'result'
    | 'error'
    | 'event']?: unknown;
};

function parseObject(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
