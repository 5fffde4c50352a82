import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { Difference } from '../plan/differences.ts';

/** A host's part of `vflane.plan/1`: the plan itself, as it can be applied again. */
export function planJson({ host, basis, steps, allocation, leaves }: Plan): Json {
  const moves = leaves === undefined ? {} : { leaves: [...leaves] };
  return { host, basis, steps: steps as unknown as Json, allocation, ...moves };
}

export function differencesJson(differences: readonly Difference[]): Json {
  return differences.map(({ resource, at, have, want }) => ({ resource, at, have, want }));
}
