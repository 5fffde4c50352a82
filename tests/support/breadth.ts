import type { Scenario } from './scenario.ts';

/** FULL_FAULTS=1 tries everything, which takes minutes. */
export const isFull = process.env.FULL_FAULTS === '1';

/** MANY_FAULTS=1, as in `npm run test:real`, tries what fits in a minute; otherwise the quick tests stay quick. */
export const isWide = isFull || process.env.MANY_FAULTS === '1';

/** The first with each key; all of them in a full run. */
export function firstOfEach<One>(all: readonly One[], keyOf: (one: One) => unknown): readonly One[] {
  const seen = new Set<string>();
  return all.filter((one) => {
    const key = JSON.stringify(keyOf(one));
    const isNew = !seen.has(key);
    seen.add(key);
    return isWide || isNew;
  });
}

/** The kinds of things that a file wants of its host, without names and numbers. */
export function shapeAsked({ host: { datapath, nic, offload, underlay, guests } }: Scenario) {
  const kinds = [...new Set(guests.map(({ kind }) => kind))].sort();
  const wire = underlay && [underlay.ports.length, underlay.vlan !== undefined, underlay.adopt];
  return [datapath, nic.kind, offload, wire, kinds];
}
