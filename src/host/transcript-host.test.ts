import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readerContract, refusal } from '../../tests/host-contract.ts';
import { testMachine } from '../../tests/test-machine.ts';
import type { HostReader } from './host.ts';
import { localHost } from './local-host.ts';
import { recordingHost, TranscriptUnreadable, transcriptHost } from './transcript-host.ts';

const machine = testMachine();
afterAll(machine.remove);
const local = localHost({ name: 'here', root: machine.root });

/** Asks a real host everything that the contract asks, and keeps the answers as text. */
async function recorded(): Promise<string> {
  const { reader, transcript } = recordingHost(local);
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
  return JSON.stringify(transcript());
}

readerContract('a host while it is recorded', machine.reader, async () => ({
  adapter: recordingHost(local).reader,
  close: async () => undefined,
}));
readerContract('a transcript', machine.reader, async () => ({
  adapter: transcriptHost(await recorded()),
  close: async () => undefined,
}));

describe('a transcript', () => {
  it('does not claim that there is nothing where nobody asked', async () => {
    const host = transcriptHost(await recorded());
    const details = await refusal(host.readFile('/sys/never/asked'));
    expect(details).toMatchObject({ kind: 'lost', argv: ['read', '/sys/never/asked'] });
    expect(details.stderr).toBe('the transcript holds no answer to this question');
    expect((await refusal(host.query(['uname', '-r']))).kind).toBe('lost');
  });

  it.each([
    ['', 'not a transcript: '],
    ['[]', '"vflaneTranscript" is expected'],
    ['{"vflaneTranscript":2}', 'format 2 is not known'],
    ['{"vflaneTranscript":1,"host":"a","entries":[{"ask":["read","/x"],"answer":7}]}', 'not as it should be'],
  ])('%j is refused', (text, message) => {
    expect(() => transcriptHost(text)).toThrow(message);
    expect(() => transcriptHost(text)).toThrow(TranscriptUnreadable);
  });

  it("of any content is refused as a whole, or each answer is of its question's type", async () => {
    const words = fc.array(fc.constantFrom('read', 'list', '/x', 'uname'), { maxLength: 3 });
    const ask = fc.oneof(fc.constantFrom(['read', '/x'], ['list', '/x']), words);
    const answer = fc.oneof(fc.string(), fc.array(fc.string()), fc.jsonValue());
    const entry = fc.record({ ask, answer, error: fc.jsonValue() }, { requiredKeys: ['ask'] });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 2 }), async (entries) => {
        const host = orRefusal(JSON.stringify({ vflaneTranscript: 1, host: 'a', entries }));
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
    return transcriptHost(text);
  } catch (error) {
    expect(error).toBeInstanceOf(TranscriptUnreadable);
    return undefined;
  }
}
