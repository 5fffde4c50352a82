import type { Clock } from '../apply/clock.ts';
import type { HeldLock, Store } from '../host/store.ts';

/** How long what was looked at under the lock may be acted on without a second look, in milliseconds. */
const freshMs = 3_000;

/** A host's lock in the hands of one who asks: held from before a look, or only while something is carried out. */
export interface HostLock {
  /** @throws StoreLocked */
  hold(): Promise<void>;
  /** Takes it unless it is held. Fresh: it is held, and has been so short a time that the look since then still counts. @throws StoreLocked */
  take(): Promise<{ readonly isFresh: boolean }>;
  release(): Promise<void>;
}

export function hostLock(store: Pick<Store, 'lock' | 'hold'>, clock: Pick<Clock, 'now'>): HostLock {
  let held: (HeldLock & { readonly since: number }) | undefined;
  const hold = async (): Promise<void> => {
    held ??= { ...(await heldOf(store)), since: clock.now() };
  };
  return {
    hold,
    take: async () => {
      const isFresh = held !== undefined && clock.now() - held.since < freshMs;
      await hold();
      await held?.sign();
      return { isFresh };
    },
    release: async () => {
      const { release } = held ?? {};
      held = undefined;
      await release?.();
    },
  };
}

/** Where a lock writes nothing there is nothing to sign. */
async function heldOf(store: Pick<Store, 'lock' | 'hold'>): Promise<HeldLock> {
  if (store.hold) return store.hold();
  return { sign: async () => undefined, release: await store.lock() };
}
