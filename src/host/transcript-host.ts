import { HostError, type HostErrorKind, type HostReader, type OpenFile, type Ran } from './host.ts';
import { isReadOnly } from './read-only.ts';
import type { Question, Transcript, TranscriptEntry } from './transcript.ts';
import { withoutSecrets } from './without-secrets.ts';

export interface Recording {
  /** Answers as the host does. */
  readonly reader: HostReader;
  /** Each question once, with its last answer and without secrets, in an order that does not depend on timing. */
  entries(): readonly TranscriptEntry[];
}

/** A reader that records its answers. */
export function recordingHost(host: HostReader): Recording {
  const entries = new Map<string, TranscriptEntry>();
  const keep = (entry: TranscriptEntry) => entries.set(JSON.stringify(entry.ask), withoutSecrets(entry));
  const reader = readerOf(host.name, async (ask, question) => {
    try {
      const answer = await question(host);
      keep({ ask, answer });
      return answer;
    } catch (error) {
      if (error instanceof HostError) {
        const { host: _, ...refusal } = error.details;
        keep({ ask, error: refusal });
      }
      throw error;
    }
  });
  const byQuestion = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);
  return { reader, entries: () => [...entries].sort(byQuestion).map(([, entry]) => entry) };
}

/**
 * A reader that knows only what a transcript holds, and refuses everything else.
 * @param onUnasked called with each question that was not asked at the recording; only that one then fails.
 * Without it the host is lost, the one error never taken for "looked, and there is nothing".
 */
export function transcriptHost(
  { host, entries }: Pick<Transcript, 'host' | 'entries'>,
  onUnasked?: (ask: Question) => void,
): HostReader {
  const answers = new Map(entries.map((entry) => [JSON.stringify(entry.ask), entry]));
  return readerOf(host, async (ask) => {
    const entry = answers.get(JSON.stringify(ask));
    if (ask[0] === 'query' && !isReadOnly(ask.slice(1))) {
      throw new HostError({ kind: 'refused', host, argv: ask.slice(1) });
    }
    if (entry === undefined) {
      onUnasked?.(ask);
      throw unasked(onUnasked ? 'errno' : 'lost', host, ask);
    }
    if (entry.error !== undefined) throw new HostError({ ...entry.error, host });
    return entry.answer;
  });
}

function unasked(kind: HostErrorKind, host: string, ask: Question): HostError {
  const stderr = 'the transcript holds no answer to this question';
  const hint = 'record it again on the host, with the version of vflane that reads it';
  return new HostError({ kind, host, argv: ask[0] === 'query' ? ask.slice(1) : ask, stderr, hint });
}

type Answering = (ask: Question, question: (host: HostReader) => Promise<unknown>) => Promise<unknown>;

/** The one place that words each question; an answer has its question's type. */
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
    ask: (socket, lines, timeoutMs) =>
      answer<readonly string[]>(['socket', socket, ...lines], (host) =>
        askOf(host, socket, lines, timeoutMs),
      ),
    query: (argv, timeoutMs) => answer<Ran>(['query', ...argv], (host) => host.query(argv, timeoutMs)),
  };
}

/** @throws HostError if the host has no sockets to reach */
async function askOf(
  host: HostReader,
  socket: string,
  lines: readonly string[],
  timeoutMs: number | undefined,
): Promise<readonly string[]> {
  if (host.ask) return host.ask(socket, lines, timeoutMs);
  throw new HostError({ kind: 'errno', errno: 'EOPNOTSUPP', host: host.name, argv: ['ask', socket] });
}
