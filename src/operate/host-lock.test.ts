import { expect, test } from 'vitest';
import { memoryStore } from '../host/memory-store.ts';
import { hostLock } from './host-lock.ts';

const at = { ms: 0 };
const clock = { now: () => at.ms };

test('what was looked at under a lock that is held counts for a second', async () => {
  const lock = hostLock(memoryStore(), clock);
  await lock.hold();
  at.ms += 999;
  expect(await lock.take()).toEqual({ isFresh: true });
  at.ms += 1;
  expect(await lock.take()).toEqual({ isFresh: false });
});

test('without holding it no look was under it', async () => {
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
