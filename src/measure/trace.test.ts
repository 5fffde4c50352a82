import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceOf } from './trace.ts';

const every = (ms: number, from: number, to: number): readonly number[] =>
  Array.from({ length: Math.ceil((to - from) / ms) }, (_, n) => from + n * ms);

test('a trace shows a gap where nothing arrived, and that it was sent', () => {
  const arrived = every(1, -100, 400).filter((at) => at < 20 || at >= 120);
  const { sent, arrived: counts } = traceOf({ sent: every(1, -100, 400), arrived }, -100, 400, 10);
  expect(sent).toEqual(new Array(50).fill(10));
  expect(counts.map((count) => count > 0)).toEqual(every(10, -100, 400).map((at) => at < 20 || at >= 120));
});

test('a trace counts each datagram of its time once, and is never too long to be kept', () => {
  const some = fc.array(fc.double({ min: -1e4, max: 1e6, noNaN: true }));
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 1e6 }), (times, toMs) => {
      const { sent } = traceOf({ sent: times, arrived: [] }, -500, toMs, 10);
      expect(sent.length).toBeLessThanOrEqual(2_000);
      const until = -500 + sent.length * 10;
      const inside = times.filter((at) => at >= -500 && at < until).length;
      expect(sent.reduce((sum, count) => sum + count, 0)).toBe(inside);
    }),
  );
});
