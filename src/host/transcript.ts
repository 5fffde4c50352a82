import { isAnswerTo } from './answer-shapes.ts';
import { isHostErrorDetails } from './error-json.ts';
import type { HostErrorDetails, HostReader } from './host.ts';

export const transcriptSchema = 'vflane.transcript/1';

/** A question in words: `read PATH`, `readlink PATH`, `list PATH`, `open-files PATH`, `socket PATH LINE…`, `query ARGV…`. */
export type Question = readonly string[];

export type Refusal = Omit<HostErrorDetails, 'host'>;

/** A question and what came of it: an answer (text, names, `{ stdout, stderr }`) or an error, never both. */
export interface TranscriptEntry {
  readonly ask: Question;
  readonly answer?: unknown;
  readonly error?: Refusal;
}

/** What a host answered once, to which questions, to whom and when; plain JSON, for a file. */
export interface Transcript {
  readonly schema: typeof transcriptSchema;
  /** The version of vflane that asked. */
  readonly vflane: string;
  readonly host: string;
  /** How the host was reached: `local`, `ssh`, `lab` or `sim`; a simulated host is no evidence about a card. */
  readonly by: string;
  readonly kernel: string;
  /** ISO 8601. */
  readonly time: string;
  readonly scrubbed: boolean;
  /** The sections that were looked at. */
  readonly sections: unknown;
  /** What vflane owns on the host: `{ entries, allocation }`. */
  readonly ledger: unknown;
  readonly entries: readonly TranscriptEntry[];
}

/** Not a transcript, or one of a format that this version does not know. */
export class TranscriptUnreadable extends Error {
  override readonly name = 'TranscriptUnreadable';
}

export const questionKinds: ReadonlyMap<string, Exclude<keyof HostReader, 'name'>> = new Map([
  ['read', 'readFile'],
  ['readlink', 'readLink'],
  ['list', 'listDir'],
  ['open-files', 'openFiles'],
  ['socket', 'ask'],
  ['query', 'query'],
]);

/** One answer per line, so that two transcripts can be compared by eye. */
export function printTranscript({ entries, ...about }: Transcript): string {
  const head = Object.entries(about).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  const lines = entries.map((entry) => JSON.stringify(entry));
  return `{\n${head.join(',\n')},\n"entries": [\n${lines.join(',\n')}\n]\n}\n`;
}

/** @throws TranscriptUnreadable */
export function parseTranscript(text: string): Transcript {
  const value = parseJson(text);
  if (!isRecord(value) || !('schema' in value)) {
    throw new TranscriptUnreadable(`not a transcript: an object with "schema" is expected`);
  }
  if (value.schema !== transcriptSchema) {
    const known = `only ${transcriptSchema} is known`;
    throw new TranscriptUnreadable(
      `not a transcript: its schema is ${JSON.stringify(value.schema)}, ${known}`,
    );
  }
  const wrong = wrongIn(value);
  if (wrong !== undefined) throw new TranscriptUnreadable(`not a transcript: ${wrong} is malformed`);
  return value as unknown as Transcript;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TranscriptUnreadable(`not a transcript: ${(error as Error).message}`, { cause: error });
  }
}

type Fields = { readonly [key: string]: unknown };

/** The first part with a wrong shape. */
function wrongIn(value: Fields): string | undefined {
  const texts = ['vflane', 'host', 'by', 'kernel', 'time'].find((key) => typeof value[key] !== 'string');
  if (texts !== undefined) return texts;
  if (typeof value.scrubbed !== 'boolean') return 'scrubbed';
  if (!isRecord(value.sections)) return 'sections';
  if (!isRecord(value.ledger)) return 'ledger';
  if (!Array.isArray(value.entries)) return 'entries';
  const place = value.entries.findIndex((entry) => !isEntry(entry));
  return place < 0 ? undefined : `entry ${place + 1}`;
}

function isEntry(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { ask, answer, error } = value;
  if (!Array.isArray(ask) || !ask.every(isText)) return false;
  const question = questionKinds.get(ask[0] ?? '');
  if (question === undefined || (answer === undefined) === (error === undefined)) return false;
  return error === undefined ? isAnswerTo(question, answer) : isRefusal(error);
}

function isRefusal(value: unknown): boolean {
  if (!isRecord(value) || !isHostErrorDetails({ ...value, host: '' })) return false;
  const { exitCode = 0, errno = '', stdout = '', stderr = '', hint = '' } = value;
  return typeof exitCode === 'number' && [errno, stdout, stderr, hint].every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
