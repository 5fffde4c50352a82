import { parseDocument, type YAMLError } from 'yaml';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { printable } from './grammar.ts';
import { lineIndex, type Place, pathText, type Spot } from './place.ts';
import { textFindings } from './text-findings.ts';
import { type PlainMap, plainTree, type Trouble } from './yaml-tree.ts';

/** A text that is a YAML mapping, with what is wrong in it so far. */
export interface YamlFile {
  readonly file: string;
  /** Absent where nothing can be read out of the text. */
  readonly value?: PlainMap;
  readonly root: Spot;
  readonly placeOf: (offset: number) => Place;
  readonly findings: readonly Finding[];
  /** Paths of values that stand there and could not be read; they have their finding. */
  readonly unread: readonly string[];
}

const nowhere: Spot = { at: 0, keyAt: 0 };

/** Reads one YAML 1.2 document without merge keys and without tags. Never throws. */
export function readYaml(text: string, file: string): YamlFile {
  const placeOf = lineIndex(text);
  const early = textFindings(text, file, placeOf);
  const unread = (findings: readonly Finding[]): YamlFile => ({
    file,
    root: nowhere,
    placeOf,
    findings,
    unread: [],
  });
  if (early.some((found) => found.severity === 'error')) return unread(early);
  const { contents, errors, version } = compose(text);
  const syntax = [...syntaxFindings(errors, file, placeOf), ...versionFindings(version, file)];
  if (syntax.length > 0) return unread([...early, ...syntax]);
  const { value, root, troubles } = plainTree(contents, contents?.range?.[0] ?? 0);
  const findings = [...early, ...troubles.map((trouble) => findingOf(trouble, file, placeOf))];
  const top = topFinding(value, file);
  if (top) return unread([...findings, top]);
  if (!isMapping(value)) return unread(findings);
  const paths = troubles.filter((trouble) => trouble.unread).map((trouble) => pathText(trouble.path));
  return { file, value, root, placeOf, findings, unread: paths };
}

function compose(text: string) {
  // YAML 1.1 reads `off` and 1:30 differently, and merge keys put keys where nobody wrote them.
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  return {
    contents: document.contents,
    errors: [...document.errors, ...document.warnings],
    version: document.directives?.yaml.version,
  };
}

/** One per line: further errors on the same line are mostly echoes of the first. */
function syntaxFindings(
  errors: readonly YAMLError[],
  file: string,
  placeOf: (offset: number) => Place,
): readonly Finding[] {
  const byLine = new Map<number, Finding>();
  for (const error of errors) {
    const place = placeOf(error.pos[0]);
    const hint =
      hints[error.code] ?? 'see https://yaml.org/spec/1.2.2 for the syntax; two spaces indent a level';
    if (!byLine.has(place.line))
      byLine.set(place.line, finding('VF1002', { file, ...place }, messageOf(error), hint));
  }
  return [...byLine.values()];
}

function versionFindings(version: string | undefined, file: string): readonly Finding[] {
  if (version === undefined || version === '1.2') return [];
  const message = `the file asks for YAML ${printable(version)}, which reads some values otherwise`;
  return [finding('VF1002', { file, line: 1, col: 1 }, message, 'delete the %YAML line')];
}

// The parser quotes the text in some messages.
function messageOf(error: YAMLError): string {
  return own[error.code] ?? printable(error.message);
}

const own: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  RESOURCE_EXHAUSTION: 'too many levels are nested here',
  MULTIPLE_DOCS: 'a second document begins here',
};

const hints: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'indent with spaces',
  MULTIPLE_DOCS: 'keep one document a file: delete the --- and what follows it',
  TAG_RESOLVE_FAILED: 'write the value without a tag',
  BAD_SCALAR_START: 'put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'put a value that holds ": " in quotes; a key on the next line has to begin in the same column as its neighbours',
  MISSING_CHAR: 'close what was opened, and end each key with a colon and a space',
  RESOURCE_EXHAUSTION: 'the file has at most seven levels',
};

function isMapping(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function topFinding(value: unknown, file: string): Finding | undefined {
  const where = { file, line: 1, col: 1 };
  const hint = 'begin with name:, networks: and hosts:';
  if (value === null) return finding('VF1004', where, 'the file is empty', hint);
  if (isMapping(value)) return undefined;
  const what = Array.isArray(value) ? 'a list' : 'a single value';
  return finding('VF1010', where, `the file is ${what}, not keys with values`, hint);
}

function findingOf(trouble: Trouble, file: string, placeOf: (offset: number) => Place): Finding {
  const where = { file, ...placeOf(trouble.at), path: pathText(trouble.path) };
  return finding(trouble.code, where, trouble.message, trouble.hint);
}
