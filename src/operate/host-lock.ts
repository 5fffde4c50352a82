import type { Clock } from '../apply/clock.ts';
import type { HeldLock, Store } from '../host/store.ts';

/** How long a look made under the lock may be acted on without a second one, in milliseconds. */
const freshMs = 3_000;

/** A host's lock, as one caller holds it: from before a look, or only while something is carried out. */
export interface HostLock {
  /** @throws StoreLocked */
  hold(): Promise<void>;
  /** Takes it unless it is already held. Fresh: it has been held since recently, so that a look made under it still counts. @throws StoreLocked */
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

/** A lock that writes nothing has nothing to sign. */
async function heldOf(store: Pick<Store, 'lock' | 'hold'>): Promise<HeldLock> {
  if (store.hold) return store.hold();
  return { sign: async () => undefined, release: await store.lock() };
}
