import { readFold } from '../apply/fold.ts';
import { documentName } from '../apply/journal.ts';
import type { Plan } from '../model/plan.ts';
import { carryOut } from './carry-out.ts';
import type { Site } from './site.ts';
import type { Workshop } from './workshop.ts';

/** A host whose commands and journal are at hand: this machine, a simulated one, or the far end of an agent's line. */
export function localSite(workshop: Workshop): Site {
  const { host, store } = workshop;
  return {
    name: host.name,
    reader: host,
    fold: () => readFold(store),
    plan: async (id) => parsePlan(await store.get(documentName(id))),
    carryOut: (request, onEvent) => carryOut(workshop, request, onEvent),
    close: async () => {},
  };
}

export function parsePlan(text: string | undefined): Plan | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Plan);
}
