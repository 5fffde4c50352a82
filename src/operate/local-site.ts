import { systemClock } from '../apply/clock.ts';
import { readFold } from '../apply/fold.ts';
import { documentName } from '../apply/journal.ts';
import { StoreLocked } from '../host/store.ts';
import type { Plan } from '../model/plan.ts';
import { bootProgramOf } from './boot-program.ts';
import { carryOut } from './carry-out.ts';
import { type HostLock, hostLock } from './host-lock.ts';
import { measureOn } from './measuring.ts';
import type { Site } from './site.ts';
import type { Workshop } from './workshop.ts';

/** A host whose commands and journal are at hand: this machine, a simulated one, or the far end of an agent's line. */
export function localSite(workshop: Workshop): Site {
  const { host, store, clock = systemClock } = workshop;
  const lock = hostLock(store, clock);
  return {
    name: host.name,
    reader: host,
    fold: () => readFold(store),
    program: () => bootProgramOf(host, workshop.self),
    plan: async (id) => parsePlan(await store.get(documentName(id))),
    hold: () => heldIfFree(lock),
    carryOut: (request, onEvent) => carryOut(workshop, request, onEvent, lock),
    measure: (request, onLine, signal) => measureOn(workshop, request, onLine, signal),
    close: () => lock.release(),
  };
}

/** Whatever is carried out will report that somebody else has it; looking is always allowed. */
async function heldIfFree(lock: HostLock): Promise<void> {
  await lock.hold().catch((error: unknown) => {
    if (!(error instanceof StoreLocked)) throw error;
  });
}

export function parsePlan(text: string | undefined): Plan | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Plan);
}
