import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceOf } from './trace.ts';

const inMs = (us: number): number => us / 1000 - 100;

test('a trace shows when what was sent did not arrive, and where nothing was sent', () => {
  const sent = Array.from({ length: 500 }, (_, n) => (n >= 300 && n < 320 ? -1 : n * 1000));
  const got = sent.map((at, n) => (n >= 120 && n < 220 ? undefined : at + 7_000));
  const trace = traceOf({ sent, got }, inMs, { fromMs: -100, toMs: 400, stepMs: 10 });
  expect(trace.sent.map((count, step) => [step, count]).filter(([, count]) => count !== 10)).toEqual([
    [30, 0],
    [31, 0],
  ]);
  expect(trace.arrived.flatMap((count, step) => (count === 0 ? [step] : []))).toEqual([
    ...[12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 30, 31],
  ]);
});

test('a trace counts each datagram of its time once, and is never too long to be kept', () => {
  const some = fc.array(fc.integer({ min: 0, max: 1e9 }));
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 1e6 }), (sent, toMs) => {
      const trace = traceOf({ sent, got: sent }, inMs, { fromMs: -500, toMs, stepMs: 10 });
      expect(trace.sent.length).toBeLessThanOrEqual(2_000);
      expect(trace.arrived).toEqual(trace.sent);
      const until = -500 + trace.sent.length * 10;
      const inside = sent.filter((us) => inMs(us) >= -500 && inMs(us) < until).length;
      expect(trace.sent.reduce((sum, count) => sum + count, 0)).toBe(inside);
    }),
  );
});
