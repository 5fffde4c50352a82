import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, HostError, type HostErrorDetails, type HostReader } from '../src/host/host.ts';

/** Why an adapter cannot be asked a question. */
interface Skipped {
  readonly skipped: string;
}

/** What exists on the host behind an adapter; every adapter must answer every question or say why it cannot. */
export interface ReaderQuestions {
  readonly text: { readonly path: string; readonly text: string };
  readonly folder: { readonly path: string; readonly sorted: readonly string[] };
  readonly link: { readonly path: string; readonly target: string };
  readonly missingFile: string;
  /** A file with bytes that are not UTF-8, and the text read from it. */
  readonly notText: { readonly path: string; readonly text: string } | Skipped;
  readonly reads: { readonly argv: readonly string[]; readonly stdout: RegExp };
  /** A command that only reads, and fails. */
  readonly fails: { readonly argv: readonly string[]; readonly exitCode: number; readonly stderr: RegExp };
  readonly heldOpen: { readonly folder: string; readonly path: string } | Skipped;
  readonly nobody: string;
}

export interface HostQuestions {
  readonly missingProgram: string;
  /** A command that runs for more than ten seconds. */
  readonly hangs: readonly string[] | Skipped;
  /** A command that prints its stdin. */
  readonly echoes: readonly string[] | Skipped;
  /** A command that prints this many bytes. */
  readonly floods: { readonly argv: readonly string[]; readonly bytes: number } | Skipped;
  /** A path that can be written, and is not the kernel's. */
  readonly ordinaryFile: string | Skipped;
  readonly attribute: { readonly path: string; readonly text: string; readonly reads: string };
  /** A write that the kernel refuses, and its errno. */
  readonly refusedWrite: { readonly path: string; readonly text: string; readonly errno: string };
  readonly missingAttribute: string;
}

export interface Subject<Adapter extends HostReader> {
  readonly adapter: Adapter;
  close(): Promise<void>;
}

/** The error with which a host refused an operation. */
export async function refusal(attempt: Promise<unknown>): Promise<HostErrorDetails> {
  const error = await attempt.then(
    () => new Error('it was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof HostError) return error.details;
  throw error;
}

function ask<Question extends object | string>(
  question: Question | Skipped,
  name: string,
  test: (question: Question) => Promise<void>,
): void {
  if (typeof question === 'object' && 'skipped' in question) it.skip(`${name} (${question.skipped})`);
  else it(name, () => test(question));
}

/** What every HostReader must do. */
export function readerContract(
  name: string,
  questions: ReaderQuestions,
  connect: () => Promise<Subject<HostReader>>,
): void {
  describe(`${name} as a reader`, () => {
    let subject: Subject<HostReader>;
    let host: HostReader;
    beforeAll(async () => {
      subject = await connect();
      host = subject.adapter;
    }, 60_000);
    afterAll(() => subject?.close());
    askAboutFiles(questions, () => host);
    askAboutQueries(questions, () => host);
  });
}

function askAboutFiles(questions: ReaderQuestions, host: () => HostReader): void {
  const { text, folder, link, missingFile, notText } = questions;
  it('reads a file, an unresolved link, and a folder in order', async () => {
    expect(await host().readFile(text.path)).toBe(text.text);
    expect(await host().readLink(link.path)).toBe(link.target);
    expect(await host().listDir(folder.path)).toEqual(folder.sorted);
  });
  it('says ENOENT, the host, and what was tried for a missing path', async () => {
    for (const [verb, attempt] of [
      ['read', refusal(host().readFile(missingFile))],
      ['readlink', refusal(host().readLink(missingFile))],
      ['list', refusal(host().listDir(missingFile))],
    ] as const) {
      expect(await attempt).toMatchObject({
        kind: 'errno',
        errno: 'ENOENT',
        host: host().name,
        argv: [verb, missingFile],
      });
    }
  });
  it('says EINVAL for reading what is not a link, ENOTDIR for listing what is not a folder', async () => {
    expect(await refusal(host().readLink(text.path))).toMatchObject({ kind: 'errno', errno: 'EINVAL' });
    expect(await refusal(host().listDir(text.path))).toMatchObject({ kind: 'errno', errno: 'ENOTDIR' });
  });
  ask(notText, 'reads bytes that are not UTF-8 without failing', async ({ path, text: read }) => {
    expect(await host().readFile(path)).toBe(read);
  });
  ask(questions.heldOpen, 'finds who holds a file open', async ({ folder: below, path }) => {
    const found = await host().openFiles(below);
    expect(found).toContainEqual({ path, pid: expect.any(Number), command: expect.stringMatching(/./) });
    expect(found.every((file) => file.path.startsWith(`${below}/`))).toBe(true);
  });
  it('finds no process where there is none', async () => {
    expect(await host().openFiles(questions.nobody)).toEqual([]);
  });
}

function askAboutQueries({ reads, fails, text }: ReaderQuestions, host: () => HostReader): void {
  it('runs a command that reads', async () => {
    const { stdout, stderr } = await host().query(reads.argv);
    expect(stdout).toMatch(reads.stdout);
    expect(stderr).toBe('');
  });
  it('says the exit code and the stderr of a query that fails', async () => {
    const details = await refusal(host().query(fails.argv));
    expect(details).toMatchObject({ kind: 'exit', exitCode: fails.exitCode, argv: fails.argv });
    expect(details.stderr).toMatch(fails.stderr);
  });
  it('refuses to run a command that writes', async () => {
    const argv = ['ip', 'link', 'set', 'dev', 'vflane-none', 'down'];
    expect(await refusal(host().query(argv))).toMatchObject({ kind: 'refused', argv });
  });
  it('answers many questions at once, each with its own answer', async () => {
    const both = Array.from({ length: 50 }, () =>
      Promise.all([host().readFile(text.path), refusal(host().readFile(`${text.path}.none`))]),
    );
    for (const [read, refused] of await Promise.all(both)) {
      expect(read).toBe(text.text);
      expect(refused.errno).toBe('ENOENT');
    }
  });
}

/** What every Host must do in addition. */
export function hostContract(
  name: string,
  questions: HostQuestions,
  connect: () => Promise<Subject<Host>>,
): void {
  describe(`${name} as a host`, () => {
    let subject: Subject<Host>;
    let host: Host;
    beforeAll(async () => {
      subject = await connect();
      host = subject.adapter;
    }, 60_000);
    afterAll(() => subject?.close());
    askAboutCommands(questions, () => host);
    askAboutWrites(questions, () => host);
  });
}

function askAboutCommands(questions: HostQuestions, host: () => Host): void {
  it('says that a program is missing', async () => {
    const argv = [questions.missingProgram, '--version'];
    expect(await refusal(host().run(argv))).toMatchObject({ kind: 'missing', argv, host: host().name });
  });
  ask(questions.hangs, 'ends a command at its deadline', async (argv) => {
    const start = performance.now();
    const details = await refusal(host().run(argv, { timeoutMs: 200 }));
    expect(details).toMatchObject({ kind: 'timeout', argv });
    expect(performance.now() - start).toBeLessThan(8_000);
  });
  ask(questions.echoes, 'gives a command its stdin, and no shell any word', async (argv) => {
    const stdin = 'link set dev x vf 0 mac 02:00:00:00:00:01\n; $(id) `id` "größe" \u0000 end\n';
    expect(await host().run(argv, { stdin })).toEqual({ stdout: stdin, stderr: '' });
    expect((await host().run(argv, { stdin: '' })).stdout).toBe('');
  });
  ask(questions.floods, 'gives back large output whole', async ({ argv, bytes }) => {
    expect((await host().run(argv)).stdout.length).toBe(bytes);
  });
}

function askAboutWrites(questions: HostQuestions, host: () => Host): void {
  const { attribute, refusedWrite, missingAttribute } = questions;
  it('writes a kernel attribute', async () => {
    await host().writeFile(attribute.path, attribute.text);
    expect(await host().readFile(attribute.path)).toBe(attribute.reads);
  });
  it('gives the errno with which the kernel refused a write', async () => {
    const { path, text, errno } = refusedWrite;
    expect(await refusal(host().writeFile(path, text))).toMatchObject({
      kind: 'errno',
      errno,
      argv: ['write', path, text],
    });
  });
  it('makes no file if there is no such attribute', async () => {
    expect((await refusal(host().writeFile(missingAttribute, '1'))).kind).toBe('errno');
    expect((await refusal(host().readFile(missingAttribute))).errno).toBe('ENOENT');
  });
  ask(questions.ordinaryFile, 'puts a whole file in place of another', async (path) => {
    await host().writeFile(path, 'a long first text\n');
    await host().writeFile(path, 'größe\n');
    expect(await host().readFile(path)).toBe('größe\n');
  });
}
