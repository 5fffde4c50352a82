import type { Scenario } from './scenario.ts';

/** With FULL_FAULTS=1 everything is tried, which takes minutes. */
export const isFull = process.env.FULL_FAULTS === '1';

/** With MANY_FAULTS=1, as `npm run test:real` has it, all that a minute allows; else what keeps the quick tests quick. */
export const isWide = isFull || process.env.MANY_FAULTS === '1';

/** The first of each key; all of them where time does not matter. */
export function firstOfEach<One>(all: readonly One[], keyOf: (one: One) => unknown): readonly One[] {
  const seen = new Set<string>();
  return all.filter((one) => {
    const key = JSON.stringify(keyOf(one));
    const isNew = !seen.has(key);
    seen.add(key);
    return isWide || isNew;
  });
}

/** What kinds of things a file asks of its host, without their names and numbers. */
export function shapeAsked({ host: { datapath, nic, offload, underlay, guests } }: Scenario) {
  const kinds = [...new Set(guests.map(({ kind }) => kind))].sort();
  const road = underlay && [underlay.ports.length, underlay.vlan !== undefined, underlay.adopt];
  return [datapath, nic.kind, offload, road, kinds];
}
