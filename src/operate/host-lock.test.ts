import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileStore } from '../host/file-store.ts';
import { memoryStore } from '../host/memory-store.ts';
import { hostLock } from './host-lock.ts';

const at = { ms: 0 };
const clock = { now: () => at.ms };

test('a look under a held lock counts for three seconds', async () => {
  const lock = hostLock(memoryStore(), clock);
  await lock.hold();
  at.ms += 2_999;
  expect(await lock.take()).toEqual({ isFresh: true });
  at.ms += 1;
  expect(await lock.take()).toEqual({ isFresh: false });
});

test('a look before the lock was held does not count', async () => {
  expect(await hostLock(memoryStore(), clock).take()).toEqual({ isFresh: false });
});

test('others are kept off from the hold to the release', async () => {
  const store = memoryStore();
  const [ours, theirs] = [hostLock(store, clock), hostLock(store, clock)];
  await ours.hold();
  await expect(theirs.hold()).rejects.toMatchObject({ name: 'StoreLocked' });
  await ours.release();
  expect(await theirs.take()).toEqual({ isFresh: false });
});

test('whoever only looks writes nothing, and whoever begins says who holds it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vflane-lock-'));
  const lock = hostLock(fileStore(folder), clock);
  const said = () => readFileSync(join(folder, 'lock'), 'utf8');
  await lock.hold();
  expect(said()).toBe('');
  await lock.take();
  expect(said()).toMatch(new RegExp(`^${process.pid} `));
  await lock.release();
  expect(said()).toBe('');
  rmSync(folder, { recursive: true });
});
