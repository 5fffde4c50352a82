import type { TranscriptEntry } from '../host/transcript.ts';
import type { Words } from './identifiers.ts';

/** Names known on the operator's side: the hosts of the file, and the users they are reached as. */
export interface KnownNames {
  readonly hosts: readonly string[];
  readonly users: readonly string[];
}

type Found = readonly [string, 'host' | 'user' | 'serial' | 'id'];

/** Keys of JSON and of OVSDB's maps whose value identifies somebody. */
const keyed: readonly (readonly [RegExp, Found[1]])[] = [
  [/"hostname"\s*[:,]\s*"([^"\\]+)"/g, 'host'],
  [/"[\w.-]*(?:serial|system-id)[\w.-]*"\s*[:,]\s*"([^"\\]+)"/gi, 'serial'],
  [/"(?:phys_)?switch_id"\s*:\s*"([0-9a-f]+)"/g, 'id'],
  [/^\s*(?:\[SN\] )?Serial [Nn]umber:\s*(\S+)/gm, 'serial'],
  [/\/home\/([A-Za-z0-9_][\w.-]*)/g, 'user'],
];

/** Files whose whole text identifies somebody. */
const files: readonly (readonly [RegExp, Found[1]])[] = [
  [/\/hostname$/, 'host'],
  [/(?:serial(?:_number)?|_uuid)$/, 'serial'],
  [/(?:phys_switch_id|machine-id)$/, 'id'],
];

/** Words that identify nobody, or are no names. A number may be a serial number, but is no name. */
const nobody = /^(?:root|localhost|\(?none\)?|\d{0,5}|.)$/;
const number = /^\d+$/;

/** Every word in a transcript that is known to identify somebody. */
export function wordsIn(entries: readonly TranscriptEntry[], { hosts, users }: KnownNames): Words {
  const found: readonly Found[] = [
    ...[...hosts].map((host) => [host, 'host'] as const),
    ...[...users].map((user) => [user, 'user'] as const),
    ...entries.flatMap(({ ask, answer }) => [...textsOf(answer).flatMap(inText), ...inFile(ask, answer)]),
  ];
  return new Map(found.flatMap(withShortForms).filter(identifies));
}

function identifies([word, kind]: Found): boolean {
  return !nobody.test(word) && (kind === 'serial' || kind === 'id' || !number.test(word));
}

function textsOf(answer: unknown): readonly string[] {
  if (typeof answer === 'string') return [answer];
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.values(answer).flatMap(textsOf);
}

function inText(text: string): readonly Found[] {
  return keyed.flatMap(([pattern, kind]) =>
    [...text.matchAll(pattern)].map((match) => [match[1] ?? '', kind] as const),
  );
}

function inFile([question, path = '']: readonly string[], answer: unknown): readonly Found[] {
  if (question !== 'read' || typeof answer !== 'string') return [];
  return files.flatMap(([pattern, kind]) => (pattern.test(path) ? [[answer.trim(), kind] as const] : []));
}

/** A host is also known by the first part of its name, and a tunnel to it has the first seven letters. */
function withShortForms([word, kind]: Found): readonly Found[] {
  const label = word.split('.')[0] ?? '';
  if (kind !== 'host') return [[word, kind]];
  const short = label.length > 7 ? [[`to-${label.slice(0, 7)}`, 'host'] as const] : [];
  return [[word, kind], [label, kind], ...short];
}
