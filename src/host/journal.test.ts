import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { journalLine, parseJournal } from './journal.ts';
import { StoreDamaged } from './store.ts';

const records = ['{"step":1}', '{"netdev":"enp3s0f0np0","von":"größer"}', '{"undo":[{"write":"/sys/x"}]}'];
const bytes = Buffer.concat(records.map(journalLine));
const starts = records.map((_, at) => Buffer.concat(records.slice(0, at + 1).map(journalLine)).length);

function recordsOrDamage(changed: Buffer): readonly string[] | 'damaged' {
  try {
    return parseJournal(changed, 'journal').records;
  } catch (error) {
    if (error instanceof StoreDamaged) return 'damaged';
    throw error;
  }
}

describe('a journal', () => {
  it('cut at any byte still gives every whole record, and says where to continue', () => {
    for (let length = 0; length <= bytes.length; length += 1) {
      const whole = starts.filter((end) => end <= length).length;
      expect(parseJournal(bytes.subarray(0, length), 'journal')).toEqual({
        records: records.slice(0, whole),
        wholeBytes: starts[whole - 1] ?? 0,
      });
    }
  });

  it('whose last record a crash left as zeros gives the others', () => {
    const torn = Buffer.concat([bytes, Buffer.alloc(4096)]);
    expect(parseJournal(torn, 'journal').records).toEqual(records);
  });

  it('with any one byte changed never gives a record that was not written', () => {
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const lastStart = starts[records.length - 2] ?? 0;
      if (at < lastStart) expect(() => parseJournal(changed, 'journal')).toThrow(StoreDamaged);
      else expect(recordsOrDamage(changed)).toEqual(expect.toBeOneOf([records.slice(0, -1), 'damaged']));
    }
  });

  it('damaged in the middle names the file, the record and the byte', () => {
    const changed = Buffer.from(bytes);
    changed[(starts[0] ?? 0) + 12] = 0x00;
    expect(() => parseJournal(changed, '/var/lib/vflane/journal')).toThrow(
      `/var/lib/vflane/journal: record 2 (byte ${starts[0]}) is damaged`,
    );
  });

  it('holds any JSON text, and survives any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.json({ maxDepth: 2 })), fc.uint8Array({ maxLength: 40 }), (texts, tail) => {
        const whole = Buffer.concat(texts.map(journalLine));
        expect(parseJournal(whole, 'j').records).toEqual(texts);
        try {
          const { records: read } = parseJournal(Buffer.concat([whole, tail]), 'j');
          expect(read.slice(0, texts.length)).toEqual(texts);
        } catch (error) {
          expect(error).toBeInstanceOf(StoreDamaged);
        }
      }),
    );
  });

  it('refuses a record of two lines before it writes anything', () => {
    expect(() => journalLine('{"a":1}\n{"b":2}')).toThrow('one line');
  });
});
