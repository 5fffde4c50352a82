import { createServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { probeAnswer } from './probe-answer.ts';
import { probeAsk } from './probe-ask.ts';
import { parseRoundTrips, percentileOf, roundTripsOf } from './round-trips.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Both ends on loopback. */
async function ask(
  protocol: 'tcp' | 'udp',
  answered: boolean,
): Promise<{ readonly code: number; readonly line: string }> {
  const ending = new AbortController();
  const spec = { protocol, at: '127.0.0.1', port: await freePort() };
  const answering = answered
    ? await new Promise<{ readonly over: Promise<number> }>((resolve) => {
        const over = probeAnswer(spec, { say: () => resolve({ over }), signal: ending.signal });
      })
    : undefined;
  let line = '';
  const say = (text: string) => {
    line = text;
  };
  const code = await probeAsk({ ...spec, ms: 250 }, { say, signal: ending.signal });
  ending.abort();
  await answering?.over;
  return { code, line };
}

describe('one request at a time', () => {
  test.each(['tcp', 'udp'] as const)('over %s: how long each took', async (protocol) => {
    const { code, line } = await ask(protocol, true);
    const trips = parseRoundTrips(line);
    expect(code).toBe(0);
    expect(trips?.count).toBeGreaterThan(20);
    expect(trips?.lost).toBe(0);
    const times = trips?.percentiles.map(([, us]) => us) ?? [];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(percentileOf(trips ?? { count: 0, lost: 0, meanUs: 0, percentiles: [] }, 50)).toBeGreaterThan(0);
  });

  test('nobody answers: no figure, and it ends', async () => {
    expect(await ask('udp', false)).toEqual({ code: 1, line: '' });
    await expect(ask('tcp', false)).rejects.toThrow('ECONNREFUSED');
  });

  test('what it is not told rightly is refused', async () => {
    const world = { say: () => undefined, signal: AbortSignal.abort() };
    for (const spec of [
      null,
      {},
      { protocol: 'sctp', at: '::1', port: 1 },
      { protocol: 'udp', at: '::1', port: 1.5 },
    ]) {
      await expect(probeAnswer(spec, world)).rejects.toThrow(TypeError);
      await expect(probeAsk(spec, world)).rejects.toThrow(TypeError);
    }
  });
});

test('percentiles of known times', () => {
  const trips = roundTripsOf(
    Array.from({ length: 1000 }, (_, at) => at + 1),
    3,
  );
  expect(trips).toMatchObject({ count: 1000, lost: 3, meanUs: 500.5 });
  expect(trips && [0, 50, 99, 100].map((percent) => percentileOf(trips, percent))).toEqual([
    1, 500.5, 990, 1000,
  ]);
  expect(roundTripsOf([], 9)).toBeUndefined();
});

test('no line stops the reading, and what is read is numbers', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      const trips = parseRoundTrips(line);
      expect(trips === undefined || trips.percentiles.flat().every(Number.isFinite)).toBe(true);
    }),
  );
});
