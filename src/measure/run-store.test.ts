import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import type { BenchRun } from './run-record.ts';
import { keepRun, listRuns, readRun } from './run-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-runs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = new Date('2026-11-22T18:30:00.123Z');
const id = '20261122T183000Z-seed';
const run = { schema: 'vflane.bench-run/1', id, state: 'running', turns: [] } as unknown as BenchRun;

test('a run comes back as it was kept, and so does what the tool said', async () => {
  const keeper = await keepRun(folder, at, 'seed');
  expect(keeper.id).toBe(id);
  await keeper.put(run);
  const raw = await keeper.putRaw('ping.1', 'rtt min/avg/max/mdev\n');
  expect(listRuns(folder)).toEqual({ runs: [run], unreadable: [] });
  expect(gunzipSync(readFileSync(join(keeper.folder, raw))).toString()).toBe('rtt min/avg/max/mdev\n');
});

test('a crash before a name is given leaves the run as it was', async () => {
  const whole = JSON.stringify({ ...run, state: 'complete' });
  // What is half written has a name of its own until it is whole.
  for (const at of [0, 1, Math.floor(whole.length / 2), whole.length])
    writeFileSync(join(folder, id, `.run.json.${at}.new`), whole.slice(0, at));
  expect(readRun(folder, id)).toEqual(run);
});

test('a run that was cut or is of another is told, and hides no other', async () => {
  const { id: other, put } = await keepRun(folder, new Date('2026-11-23T18:30:00Z'), 'seed');
  await put({ ...run, id: other });
  truncateSync(join(folder, other, 'run.json'), 20);
  mkdirSync(join(folder, 'empty'));
  const { runs, unreadable } = listRuns(folder);
  expect(runs.map((one) => one.id)).toEqual([id]);
  expect(unreadable.map((one) => one.id)).toEqual([other, 'empty']);
});

test('where nothing was kept there are no runs', () => {
  expect(listRuns(join(folder, 'nowhere'))).toEqual({ runs: [], unreadable: [] });
});

test('a run is behind those that were kept before, though the clock was set back, and beside none', async () => {
  const own = join(folder, 'order');
  const kept = (iso: string) => keepRun(own, new Date(iso), 'seed');
  const first = await kept('2026-11-30T23:59:59Z');
  const [second, third] = await Promise.all([kept('2026-11-30T23:00:00Z'), kept('2026-11-30T23:00:00Z')]);
  const last = await kept('2026-12-01T00:10:00Z');
  const ids = [first.id, ...[second.id, third.id].toSorted(), last.id];
  expect(ids).toEqual([
    '20261130T235959Z-seed',
    '20261201T000000Z-seed',
    '20261201T000001Z-seed',
    '20261201T001000Z-seed',
  ]);
  writeFileSync(join(own, 'stray'), '');
  expect((await kept('2026-12-01T00:10:00Z')).id).toBe('20261201T001001Z-seed');
});
