import { createServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localPrograms } from '../host/local-programs.ts';
import type { ProgramEnd } from '../host/program.ts';
import { measureArgv } from '../operate/measure-argv.ts';
import type { Trips } from '../operate/measure-request.ts';
import { parseRoundTrips, percentileOf, roundTripsOf } from './round-trips.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

const programs = localPrograms({ name: 'here' });
const argvOf = (name: Trips['name'], protocol: 'tcp' | 'udp', port: number): readonly string[] =>
  measureArgv(
    {
      place: { in: 'host' },
      program: { name, protocol, at: '127.0.0.1', port, ms: 250 },
      timeoutMs: 10_000,
    },
    [],
  );

/** Both ends on loopback. */
async function ask(protocol: 'tcp' | 'udp', answered: boolean) {
  const port = await freePort();
  const ending = new AbortController();
  const { signal } = ending;
  const answering = answered
    ? await new Promise<{ readonly over: Promise<ProgramEnd> }>((resolve) => {
        const argv = argvOf('trips-answer', protocol, port);
        const over = programs({ argv, timeoutMs: 20_000, signal, onLine: () => resolve({ over }) });
      })
    : undefined;
  let line = '';
  const onLine = (text: string) => {
    line = text;
  };
  const { exitCode, stderr } = await programs({
    argv: argvOf('trips-ask', protocol, port),
    timeoutMs: 20_000,
    onLine,
  });
  ending.abort();
  expect((await answering?.over)?.exitCode ?? 0).toBe(0);
  return { exitCode, stderr, line };
}

describe('one request at a time', () => {
  test.each(['tcp', 'udp'] as const)('over %s: how long each took', async (protocol) => {
    const { exitCode, line, stderr } = await ask(protocol, true);
    const trips = parseRoundTrips(line);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(trips?.count).toBeGreaterThan(20);
    expect(trips?.lost).toBe(0);
    const times = trips?.percentiles.map(([, us]) => us) ?? [];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(percentileOf(trips ?? { count: 0, lost: 0, meanUs: 0, percentiles: [] }, 50)).toBeGreaterThan(0);
  });

  test('nobody answers: no figure, and it ends', async () => {
    const { exitCode, line } = await ask('udp', false);
    expect([exitCode, parseRoundTrips(line)]).toEqual([1, undefined]);
    expect(await ask('tcp', false)).toMatchObject({ line: '', stderr: 'connect: Connection refused\n' });
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
