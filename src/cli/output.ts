import { styleText } from 'node:util';
import type { Json } from '../model/json.ts';
import { type JsonList, jsonList, noList } from './json-list.ts';

export type ColorChoice = 'always' | 'auto' | 'never';
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'magenta';

/** An output stream of the process, as far as it matters here. */
export interface Sink {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Where a verb writes: its result to stdout, progress and log to stderr. Nothing else of the program prints. */
export interface Output {
  /** One line of the result; nothing where `--json` was asked for. */
  result(line: string): void;
  /** A result of many lines, as a script; nothing where `--json` was asked for. */
  text(whole: string): void;
  /** The result as one JSON object with its `schema`; nothing without `--json`. */
  json(schema: string, value: { readonly [key: string]: Json | undefined }): void;
  /** The result as one JSON object with a long list, written as it comes; nothing without `--json`. */
  jsonList(schema: string, key: string): JsonList;
  /** One JSON object per line, for long-running verbs; nothing without `--json`. */
  stream(schema: string, value: { readonly [key: string]: Json | undefined }): void;
  /** A line of progress or log. */
  log(line: string): void;
  /** Colours a part of the result, if stdout has colours. */
  paint(style: Style | readonly Style[], text: string): string;
  /** The same for the log. */
  paintLog(style: Style | readonly Style[], text: string): string;
  readonly wantsJson: boolean;
  /** Whether a person reads the result. */
  readonly terminal: { readonly stdout: boolean; readonly stderr: boolean; readonly columns: number };
}

export interface OutputOptions {
  readonly json: boolean;
  readonly color: ColorChoice;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function makeOutput(stdout: Sink, stderr: Sink, options: OutputOptions): Output {
  const { json } = options;
  const object = (schema: string, value: object) => ({ schema, ...value });
  return {
    // A name that a host has given must not end the line, and write the next one itself.
    result: (line) => void (json || stdout.write(`${harmless(line).replaceAll('\n', '\\u000a')}\n`)),
    text: (whole) => void (json || stdout.write(`${harmless(whole)}\n`)),
    json: (schema, value) =>
      void (json && stdout.write(`${harmless(JSON.stringify(object(schema, value), null, 2))}\n`)),
    jsonList: (schema, key) =>
      json ? jsonList((text) => void stdout.write(harmless(text)), schema, key) : noList,
    stream: (schema, value) =>
      void (json && stdout.write(`${harmless(JSON.stringify(object(schema, value)))}\n`)),
    log: (line) => void stderr.write(`${harmless(line)}\n`),
    paint: painter(stdout, options),
    paintLog: painter(stderr, options),
    wantsJson: json,
    terminal: {
      stdout: stdout.isTTY === true,
      stderr: stderr.isTTY === true,
      columns: stdout.columns ?? stderr.columns ?? 80,
    },
  };
}

/** The colours and weights of this program. Everything else that a terminal obeys, but for new lines and tabs. */
const obeyed = /(\u001b\[(?:1|2|22|3[1-69])m)|[^\P{Cc}\n\t]|\p{Bidi_Control}/gu;

/**
 * Most lines contain what guests, hosts and tools have said, and a terminal must not obey any of it (xterm's ctlseqs: C1,
 * too, which JSON leaves as it is), nor show a line in another order than it is written (CVE-2021-42574). It is escaped as in JSON, so that JSON stays unchanged.
 */
function harmless(text: string): string {
  return text.replace(
    obeyed,
    (char, ours?: string) => ours ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

// Since Node 22 styleText asks the stream by itself unless told not to; Node 20 ignores the third argument.
const paintAlways = styleText as (style: string | readonly string[], text: string, options: object) => string;

function painter(sink: Sink, options: OutputOptions): Output['paint'] {
  if (!hasColor(sink, options)) return (_, text) => text;
  return (style, text) => paintAlways(style, text, { validateStream: false });
}

// https://no-color.org: set and not empty.
function hasColor(sink: Sink, { color, env }: OutputOptions): boolean {
  if (color !== 'auto') return color === 'always';
  return sink.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}
