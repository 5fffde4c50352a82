import fc from 'fast-check';
import { expect, test } from 'vitest';
import { execLine } from './exec-line.ts';

/** What systemd makes of a quoted command line: specifiers, then quotes and escapes, then variables (systemd.service(5)). */
function asSystemdReads(line: string): readonly string[] {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === ' ' || line.startsWith('\\\n', at)) {
      at += line[at] === ' ' ? 1 : 2;
      continue;
    }
    expect(line[at]).toBe('"');
    let word = '';
    for (at += 1; line[at] !== '"'; at += 1) {
      const [char, next] = [line[at], line[at + 1]];
      expect(at).toBeLessThan(line.length);
      if (char === '\\' && next === 'x') {
        word += String.fromCharCode(Number.parseInt(line.slice(at + 2, at + 4), 16));
        at += 3;
      } else if (char === '\\' || char === '%' || char === '$') {
        if (char !== '\\') expect(next).toBe(char);
        word += next;
        at += 1;
      } else word += char;
    }
    at += 1;
    words.push(word);
  }
  return words;
}

test('every word comes out of systemd as it went in', () => {
  const nasty = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('%', '$', '"', "'", '\\', ' ', ';', '\t', '\n', 'i', '{', '}') }),
  );
  fc.assert(
    fc.property(fc.array(nasty), (argv) => {
      const line = execLine(argv);
      expect(line).not.toMatch(/[^\\]\n/);
      expect(asSystemdReads(line)).toEqual(argv);
    }),
  );
});
