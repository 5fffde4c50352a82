import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { Difference } from '../plan/differences.ts';
import { withDigest } from './shown-plan.ts';

/** A host's part of `vflane.plan/1`: the whole plan, as it can be applied again; its findings are beside it. */
export function planJson(plan: Plan): Json {
  const { findings: _, ...rest } = plan;
  return rest as unknown as Json;
}

export function differencesJson(differences: readonly Difference[]): Json {
  return differences.map(({ resource, at, have, want }) => {
    const shown = resource === 'vm-seed' ? withDigest : (value: Json) => value;
    return { resource, at, have: shown(have), want: shown(want) };
  });
}
