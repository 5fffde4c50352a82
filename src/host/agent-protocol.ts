import type { ErrorJson } from './error-json.ts';

/** Both ends must be of one number: it grows with every change of what is said between them. */
export const protocolNumber = 1;
/** The longest line, in bytes. */
const lineLimitBytes = 256 * 1024 * 1024;
/** An agent that is at work says at least this often that it lives. */
export const aliveEveryMs = 5_000;

/** The agent's first line. What stands before it was said by a login shell. */
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

/** A result or an error ends a request; events come before. */
export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorJson }
  | { readonly id: number; readonly event: unknown };

export type FromAgent = Hello | Reply | { readonly alive: true };

/** A line that is longer than any that is sent: the other end is not an agent, or there is none. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
}

/** Cuts a stream of bytes into lines, whatever the pieces it comes in. */
export class LineSplitter {
  readonly #limitBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(limitBytes = lineLimitBytes) {
    this.#limitBytes = limitBytes;
  }

  /** The lines that this piece completes, without their newlines. @throws LineTooLong */
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

/** @throws LineTooLong, TypeError and RangeError where the message cannot be said */
export function asLine(message: FromAgent | Request): string {
  const line = `${JSON.stringify(message)}\n`;
  if (Buffer.byteLength(line) > lineLimitBytes)
    throw new LineTooLong(`a line of more than ${lineLimitBytes} bytes`);
  return line;
}

/** Undefined where the line is not a request. */
export function parseRequest(line: string): Request | undefined {
  const value = parseObject(line);
  if (value === undefined) return undefined;
  const { id, method, params } = value;
  return isId(id) && typeof method === 'string' ? { id, method, params } : undefined;
}

/** Undefined where the line is nothing that an agent says. */
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
