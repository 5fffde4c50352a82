import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readerContract, refusal } from '../../tests/host-contract.ts';
import { testMachine } from '../../tests/test-machine.ts';
import type { HostReader } from './host.ts';
import { localHost } from './local-host.ts';
import { parseTranscript, printTranscript, type Transcript, TranscriptUnreadable } from './transcript.ts';
import { recordingHost, transcriptHost } from './transcript-host.ts';

const machine = testMachine();
afterAll(machine.remove);
const local = localHost({ name: 'here', root: machine.root });

const about: Omit<Transcript, 'entries'> = {
  schema: 'vflane.transcript/1',
  vflane: '0.1.0',
  host: 'here',
  by: 'local',
  kernel: '6.12.48',
  time: '2026-01-01T00:00:00.000Z',
  scrubbed: false,
  sections: {},
  ledger: {},
};

const documentOf = (parts: object) => JSON.stringify({ ...about, entries: [], ...parts });

/** Asks a real host all the questions of the contract test, and keeps the answers as text. */
async function recorded(): Promise<string> {
  const { reader, entries } = recordingHost(local);
  const { text, folder, link, missingFile, notText, reads, fails, heldOpen, nobody } = machine.reader;
  await Promise.allSettled([
    ...[text.path, missingFile, `${text.path}.none`].map((path) => reader.readFile(path)),
    ...[link.path, missingFile, text.path].map((path) => reader.readLink(path)),
    ...[folder.path, missingFile, text.path].map((path) => reader.listDir(path)),
    ...('path' in notText ? [reader.readFile(notText.path)] : []),
    ...('folder' in heldOpen ? [reader.openFiles(heldOpen.folder)] : []),
    reader.openFiles(nobody),
    reader.query(reads.argv),
    reader.query(fails.argv),
  ]);
  return printTranscript({ ...about, entries: entries() });
}

const replay = (text: string): HostReader => transcriptHost(parseTranscript(text));

readerContract('a host while it is recorded', machine.reader, async () => ({
  adapter: recordingHost(local).reader,
  close: async () => undefined,
}));
readerContract('a transcript', machine.reader, async () => ({
  adapter: replay(await recorded()),
  close: async () => undefined,
}));

describe('a recording', () => {
  const telling = (answers: { readonly [path: string]: string }): HostReader => ({
    ...local,
    readFile: async (path) => answers[path] ?? '',
    query: async () => ({ stdout: '[["map",[["psk","swordfish"],["key","42"]]]]', stderr: '' }),
  });

  it('of an environment holds the ssh session, and nothing else', async () => {
    const environ = 'TOKEN=swordfish\0SSH_CONNECTION=192.0.2.1 5 192.0.2.2 22\0HOME=/home/eve\0';
    const { reader, entries } = recordingHost(telling({ '/proc/self/environ': environ }));
    expect(await reader.readFile('/proc/self/environ')).toBe(environ);
    expect(entries()).toEqual([
      { ask: ['read', '/proc/self/environ'], answer: 'SSH_CONNECTION=192.0.2.1 5 192.0.2.2 22' },
    ]);
  });

  it('holds no key of a tunnel', async () => {
    const { reader, entries } = recordingHost(telling({}));
    expect((await reader.query(['ovs-vsctl', 'list', 'Interface'])).stdout).toContain('swordfish');
    expect(entries()[0]?.answer).toEqual({
      stdout: '[["map",[["psk","removed"],["key","42"]]]]',
      stderr: '',
    });
  });

  it('is the same text in whatever order the answers come', async () => {
    const texts = await Promise.all([recorded(), recorded()]);
    const withoutPids = texts.map((text) => text.replace(/"pid":\d+/g, ''));
    expect(withoutPids[0]).toBe(withoutPids[1]);
  });
});

describe('a transcript', () => {
  it('does not claim that something is absent that was never asked about', async () => {
    const host = replay(await recorded());
    const details = await refusal(host.readFile('/sys/never/asked'));
    expect(details).toMatchObject({ kind: 'lost', argv: ['read', '/sys/never/asked'] });
    expect(details.stderr).toBe('the transcript holds no answer to this question');
    expect((await refusal(host.query(['uname', '-r']))).kind).toBe('lost');
  });

  it('of an older version names the questions it lacks, and goes on', async () => {
    const asked: unknown[] = [];
    const host = transcriptHost(parseTranscript(await recorded()), (ask) => asked.push(ask));
    expect(await refusal(host.query(['uname', '-r']))).toMatchObject({
      kind: 'errno',
      argv: ['uname', '-r'],
    });
    expect(await host.readFile(machine.reader.text.path)).toBe(machine.reader.text.text);
    expect(asked).toEqual([['query', 'uname', '-r']]);
  });

  it.each([
    ['', 'not a transcript: '],
    ['[]', 'an object with "schema" is expected'],
    ['{"schema":"vflane.transcript/2"}', 'its schema is "vflane.transcript/2", only vflane.transcript/1'],
    ['{"schema":"vflane.transcript/1"}', 'vflane is malformed'],
    [documentOf({ sections: 7 }), 'sections is malformed'],
    [documentOf({ entries: [{ ask: ['read', '/x'], answer: 7 }] }), 'entry 1 is malformed'],
    [documentOf({ entries: [{ ask: ['read', '/x'] }] }), 'entry 1 is malformed'],
    [
      documentOf({ entries: [{ ask: ['sing'], error: { kind: 'errno', argv: [] } }] }),
      'entry 1 is malformed',
    ],
    [documentOf({ entries: [{ ask: ['read'], error: { kind: 'exit', argv: [], stderr: 7 } }] }), 'entry 1'],
  ])('%j is refused', (text, message) => {
    expect(() => replay(text)).toThrow(message);
    expect(() => replay(text)).toThrow(TranscriptUnreadable);
  });

  it("of any content is refused as a whole, or each answer is of its question's type", async () => {
    const words = fc.array(fc.constantFrom('read', 'list', '/x', 'uname'), { maxLength: 3 });
    const ask = fc.oneof(fc.constantFrom(['read', '/x'], ['list', '/x']), words);
    const answer = fc.oneof(fc.string(), fc.array(fc.string()), fc.jsonValue());
    const entry = fc.record({ ask, answer, error: fc.jsonValue() }, { requiredKeys: ['ask'] });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 2 }), async (entries) => {
        const host = orRefusal(documentOf({ entries }));
        if (host === undefined) return;
        const [read, list] = await Promise.allSettled([host.readFile('/x'), host.listDir('/x')]);
        if (read.status === 'fulfilled') expect(read.value).toBeTypeOf('string');
        else expect(read.reason).toBeInstanceOf(Error);
        if (list.status === 'fulfilled')
          expect(list.value.every((name) => typeof name === 'string')).toBe(true);
      }),
    );
  });
});

function orRefusal(text: string): HostReader | undefined {
  try {
    return replay(text);
  } catch (error) {
    expect(error).toBeInstanceOf(TranscriptUnreadable);
    return undefined;
  }
}
