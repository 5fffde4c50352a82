import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Outage, outagesIn } from '../src/measure/outage.ts';
import { directionOf, StreamLog } from '../src/measure/stream-log.ts';
import { measureArgv } from '../src/operate/measure-argv.ts';
import { missingNamespaces, NamespaceHost } from './support/namespace-host.ts';
import type { Talker } from './support/talker.ts';

const missing = missingNamespaces();
if (missing) console.warn(`skipped: outages of known length: ${missing}`);

const lengthsMs = [50, 100, 250, 1000];
/** A hundred outages with `VFLANE_WHOLE=1`; otherwise as many as take ten seconds. */
const times = process.env.VFLANE_WHOLE === '1' ? 25 : 4;
const intervalUs = 1_000;
const run = 7;

describe.skipIf(missing)('outages of known length, on a path that the test cuts', () => {
  let host: NamespaceHost;
  let cutter: Talker;
  beforeAll(async () => {
    host = await NamespaceHost.start('router');
    makeRoad(host, 'a', 1);
    makeRoad(host, 'b', 2);
    cutter = await host.talker([process.execPath, join(import.meta.dirname, 'support/cutter.mjs')]);
  }, 60_000);
  afterAll(async () => {
    await host?.stop();
  });

  function probe(guest: string, mine: number, theirs: number): readonly string[] {
    const spec = { local: `10.9.${mine}.2`, peer: `10.9.${theirs}.2`, port: 40_000, intervalUs, run };
    const program = { name: 'stream', ...spec } as const;
    const argv = measureArgv({ place: { in: 'host' }, program, timeoutMs: 600_000 }, []);
    return ['sh', '-c', 'echo ready; exec "$@"', guest, ...argv];
  }

  test('are reported within two probe intervals or 2 %, in at least 95 of 100', async () => {
    const talkers = [await host.talker(probe('a', 1, 2), 'a'), await host.talker(probe('b', 2, 1), 'b')];
    for (const talker of talkers) await talker.until(flows, 'datagrams arrive', 10_000);
    await sleep(300);
    const fromUs = talkers.map((talker) => logOf(talker).lastUs - 100_000);
    const wanted = Array.from({ length: times }, () => lengthsMs).flat();
    const told: number[] = [];
    for (const ms of wanted) {
      cutter.say(`${ms}`);
      await cutter.until((lines) => lines.length > told.length, `an outage of ${ms} ms`, ms + 5_000);
      told.push(Number(cutter.lines.at(-1)));
      await sleep(200 + 37 * (told.length % 5));
    }
    await sleep(300);
    const [a, b] = talkers.map(logOf) as [StreamLog, StreamLog];
    await Promise.all(talkers.map((talker) => talker.stop()));
    const found = [seen(a, b, fromUs[0]), seen(b, a, fromUs[1])];
    const rights = found.flatMap((outages) => {
      expect(outages).toHaveLength(told.length);
      return told.map((truthUs, n) => isRight(truthUs, outages[n]));
    });
    const right = rights.filter(Boolean).length;
    console.info(`outages of 50 to 1000 ms reported within 2 intervals or 2 %: ${right} of ${rights.length}`);
    console.info(errorsText(told, found));
    expect(right / rights.length).toBeGreaterThanOrEqual(0.95);
    expect(found.flat().filter(({ agrees }) => agrees).length / rights.length).toBeGreaterThan(0.9);
  }, 600_000);
});

function makeRoad(host: NamespaceHost, guest: string, n: number): void {
  const near = `addr add 10.9.${n}.1/24 dev to-${guest}\nlink set to-${guest} up\n`;
  const far = `addr add 10.9.${n}.2/24 dev eth0\nlink set eth0 up\nlink set lo up\nroute add default via 10.9.${n}.1\n`;
  host.run(['ip', 'netns', 'add', guest]);
  host.run(['ip', 'link', 'add', `to-${guest}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', guest]);
  host.run(['ip', '-batch', '-'], near);
  host.run(['ip', '-n', guest, '-batch', '-'], far);
}

/** More than a tenth of a second's datagrams have arrived. */
function flows(lines: readonly string[]): boolean {
  const log = new StreamLog();
  for (const line of lines) log.hear(line, 0);
  return log.got.filter((at) => at !== undefined).length > 100;
}

function logOf(talker: Talker): StreamLog {
  const log = new StreamLog();
  for (const line of talker.lines) log.hear(line, 0);
  return log;
}

function seen(from: StreamLog, to: StreamLog, fromUs = 0): readonly Outage[] {
  return outagesIn(directionOf(from, to), fromUs, from.lastUs - 200_000);
}

function isRight(truthUs: number, outage: Outage | undefined): boolean {
  return Math.abs((outage?.lossUs ?? 0) - truthUs) <= Math.max(2 * intervalUs, 0.02 * truthUs);
}

function errorsText(told: readonly number[], found: readonly (readonly Outage[])[]): string {
  const errors = found.flatMap((outages) => told.map((us, n) => Math.abs((outages[n]?.lossUs ?? 0) - us)));
  const sorted = errors.toSorted((a, b) => a - b);
  const at = (share: number) =>
    `${((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1000).toFixed(2)} ms`;
  return `error: median ${at(0.5)}, 95 % ${at(0.95)}, worst ${at(1)}`;
}
