import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Direction, longestHold, outagesIn } from './outage.ts';

/** A stream of a probe a millisecond, of which those from `from` to `to` (µs) are lost; `skewUs` apart are the clocks. */
function stream(ms: number, lost: readonly (readonly [number, number])[], skewUs = 0): Direction {
  const sent = Array.from({ length: ms }, (_, n) => n * 1000);
  const isLost = (at: number): boolean => lost.some(([from, to]) => at >= from && at < to);
  return { sent, got: sent.map((at) => (isLost(at) ? undefined : at + 300 + skewUs)) };
}

describe('an outage', () => {
  test('is as long as it was, within an interval, whatever the clocks of the ends show', () => {
    const real = fc.record({
      from: fc.integer({ min: 5_000, max: 100_000 }),
      length: fc.integer({ min: 10_000, max: 500_000 }),
      skew: fc.integer({ min: -1e12, max: 1e12 }),
    });
    fc.assert(
      fc.property(real, ({ from, length, skew }) => {
        const outages = outagesIn(stream(1_000, [[from, from + length]], skew), 0, 1e6);
        expect(outages).toHaveLength(1);
        const [outage] = outages;
        expect(Math.abs((outage?.lossUs ?? 0) - length)).toBeLessThanOrEqual(1_000);
        expect(Math.abs((outage?.arrivalUs ?? 0) - length)).toBeLessThanOrEqual(1_000);
        expect(outage).toMatchObject({ agrees: true, over: true, doubtUs: 1_000 });
      }),
    );
  });

  test('that is not over is told as such', () => {
    expect(outagesIn(stream(500, [[200_000, 1e9]]), 0, 1e6)).toMatchObject([{ over: false, lost: 300 }]);
  });

  test('with a few that got through is one; with many it is two', () => {
    const few = stream(1_000, [
      [100_000, 200_000],
      [205_000, 300_000],
    ]);
    expect(outagesIn(few, 0, 1e6).map(({ lost }) => lost)).toEqual([195]);
    const many = stream(1_000, [
      [100_000, 200_000],
      [250_000, 300_000],
    ]);
    expect(outagesIn(many, 0, 1e6).map(({ lost }) => lost)).toEqual([100, 50]);
  });

  test('is none where one datagram is lost now and then, or was never sent', () => {
    expect(
      outagesIn(
        stream(500, [
          [100_000, 101_000],
          [300_000, 302_000],
        ]),
        0,
        1e6,
      ),
    ).toEqual([]);
    const { sent, got } = stream(100, []);
    const skipped: Direction = {
      sent: sent.map((at, n) => (n > 40 && n < 60 ? -1 : at)),
      got: got.map((at, n) => (n > 40 && n < 60 ? undefined : at)),
    };
    expect(outagesIn(skipped, 0, 1e6)).toEqual([]);
  });

  test('during which some were held back has two lengths, and says so', () => {
    const { sent, got } = stream(600, [[100_000, 200_000]]);
    const late = got.map((at, n) => (at !== undefined && n >= 200 && n < 260 ? 560_000 : at));
    const [outage] = outagesIn({ sent, got: late }, 0, 1e6);
    expect(outage?.agrees).toBe(false);
    expect(outage?.lossUs).toBe(100_000);
    expect(outage?.arrivalUs).toBeGreaterThan(400_000);
  });
});

test('what is held back and not lost is told, but not where the sender stood still', () => {
  const { sent, got } = stream(300, []);
  const held = got.map((at, n) => (n >= 100 && n < 150 ? 150_300 : at));
  expect(longestHold({ sent, got: held }, 0, 1e6)).toBeGreaterThan(45_000);
  const paused = sent.map((at, n) => (n >= 100 ? at + 50_000 : at));
  const arrived = paused.map((at) => at + 300);
  expect(longestHold({ sent: paused, got: arrived }, 0, 1e6)).toBe(0);
});
