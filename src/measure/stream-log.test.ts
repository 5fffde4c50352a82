import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StreamLog } from './stream-log.ts';

const line = (from: number, sent: readonly number[], got: readonly number[]): string =>
  JSON.stringify({ at: 1, from, sent, got, refused: 0, overrun: 0 });

test('what a probe tells is put together, line by line', () => {
  const log = new StreamLog();
  log.hear(line(0, [10, 20], [0, 15]), 5);
  log.hear(line(2, [30, -1], [1, 25, 3, 45]), 6);
  expect([log.sent, log.got]).toEqual([
    [10, 20, 30, -1],
    [15, 25, undefined, 45],
  ]);
});

test('whatever somebody in a guest says instead, it fills no memory, and no time', () => {
  const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(2 ** 31, 1e15, -1, 0.5));
  const lines = fc.array(
    fc.oneof(
      fc.string(),
      fc.tuple(number, fc.array(number), fc.array(number)).map((all) => line(...all)),
    ),
  );
  fc.assert(
    fc.property(lines, (all) => {
      const log = new StreamLog();
      for (const one of all) log.hear(one, 0);
      const said = all.join('').length;
      expect(log.sent.length).toBeLessThanOrEqual(said);
      expect(Object.keys(log.got).length).toBeLessThanOrEqual(said);
      expect(log.got.length).toBeLessThanOrEqual(36_000_000);
    }),
  );
});
