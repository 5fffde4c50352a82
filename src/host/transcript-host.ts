import { isAnswerTo } from './answer-shapes.ts';
import { type ErrorJson, errorFromJson, errorToJson } from './error-json.ts';
import { HostError, type HostReader, type OpenFile, type Ran } from './host.ts';
import { isReadOnly } from './read-only.ts';

/** A question as words: `read PATH`, `readlink PATH`, `list PATH`, `open-files FOLDER`, `query ARGV…`. */
type Question = readonly string[];

interface Entry {
  readonly ask: Question;
  readonly answer?: unknown;
  readonly error?: ErrorJson;
}

const questions: ReadonlyMap<string, Exclude<keyof HostReader, 'name'>> = new Map([
  ['read', 'readFile'],
  ['readlink', 'readLink'],
  ['list', 'listDir'],
  ['open-files', 'openFiles'],
  ['query', 'query'],
]);

/** What a host answered once; plain JSON, to be kept in a file. */
export interface Transcript {
  readonly vflaneTranscript: 1;
  readonly host: string;
  readonly entries: readonly Entry[];
}

/** Not a transcript, or of a format that this version does not know. */
export class TranscriptUnreadable extends Error {
  override readonly name = 'TranscriptUnreadable';
}

/** A reader that keeps what it is told; asked the same again, it keeps the last answer. */
export function recordingHost(host: HostReader): { readonly reader: HostReader; transcript(): Transcript } {
  const entries = new Map<string, Entry>();
  const reader = readerOf(host.name, async (ask, question) => {
    try {
      const answer = await question(host);
      entries.set(JSON.stringify(ask), { ask, answer });
      return answer;
    } catch (error) {
      entries.set(JSON.stringify(ask), { ask, error: errorToJson(error) });
      throw error;
    }
  });
  return {
    reader,
    transcript: () => ({ vflaneTranscript: 1, host: host.name, entries: [...entries.values()] }),
  };
}

/** A reader that knows only what a transcript holds. @throws TranscriptUnreadable */
export function transcriptHost(text: string): HostReader {
  const { host, entries } = parseTranscript(text);
  const answers = new Map(entries.map((entry) => [JSON.stringify(entry.ask), entry]));
  return readerOf(host, async (ask) => {
    const entry = answers.get(JSON.stringify(ask));
    if (ask[0] === 'query' && !isReadOnly(ask.slice(1))) {
      throw new HostError({ kind: 'refused', host, argv: ask.slice(1) });
    }
    if (entry === undefined) throw unknownQuestion(host, ask);
    if (entry.error !== undefined) throw errorFromJson(entry.error);
    return entry.answer;
  });
}

function unknownQuestion(host: string, ask: Question): HostError {
  const stderr = 'the transcript holds no answer to this question';
  const hint = 'record it again on the host, with the version of vflane that reads it';
  return new HostError({ kind: 'lost', host, argv: ask[0] === 'query' ? ask.slice(1) : ask, stderr, hint });
}

type Answering = (ask: Question, question: (host: HostReader) => Promise<unknown>) => Promise<unknown>;

/** One place where each question gets its words; an answer has the type that its question has. */
function readerOf(name: string, answering: Answering): HostReader {
  const answer = <Value>(ask: Question, question: (host: HostReader) => Promise<Value>): Promise<Value> =>
    answering(ask, question) as Promise<Value>;
  return {
    name,
    readFile: (path) => answer<string>(['read', path], (host) => host.readFile(path)),
    readLink: (path) => answer<string>(['readlink', path], (host) => host.readLink(path)),
    listDir: (path) => answer<readonly string[]>(['list', path], (host) => host.listDir(path)),
    openFiles: (folder) =>
      answer<readonly OpenFile[]>(['open-files', folder], (host) => host.openFiles(folder)),
    query: (argv, timeoutMs) => answer<Ran>(['query', ...argv], (host) => host.query(argv, timeoutMs)),
  };
}

function parseTranscript(text: string): Transcript {
  const value = parseJson(text) as Partial<Transcript> | null;
  if (typeof value !== 'object' || value === null || !('vflaneTranscript' in value)) {
    throw new TranscriptUnreadable('not a transcript: an object with "vflaneTranscript" is expected');
  }
  if (value.vflaneTranscript !== 1) {
    throw new TranscriptUnreadable(
      `transcript format ${String(value.vflaneTranscript)} is not known, only 1 is`,
    );
  }
  const { host, entries } = value;
  if (typeof host !== 'string' || !Array.isArray(entries) || !entries.every(isEntry)) {
    throw new TranscriptUnreadable('not a transcript: "host" or an entry is not as it should be');
  }
  return { vflaneTranscript: 1, host, entries };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TranscriptUnreadable(`not a transcript: ${(error as Error).message}`, { cause: error });
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { ask, answer, error } = value as {
    readonly ask?: unknown;
    readonly answer?: unknown;
    readonly error?: unknown;
  };
  const isAsk = Array.isArray(ask) && ask.every((word) => typeof word === 'string');
  if (!isAsk || (answer === undefined) === (error === undefined)) return false;
  const question = questions.get(ask[0] ?? '');
  return error !== undefined || (question !== undefined && isAnswerTo(question, answer));
}
