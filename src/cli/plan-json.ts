import { createHash } from 'node:crypto';
import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { Difference } from '../plan/differences.ts';

/** A host's part of `vflane.plan/1`: the plan itself, whole, as it can be applied again; its findings stand beside. */
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

/** What cloud-init is given may hold passwords: two that differ can be told apart all the same. */
function withDigest(value: Json): Json {
  if (typeof value !== 'object' || value === null || !('user-data' in value)) return value;
  const digest = createHash('sha256').update(`${value['user-data']}`).digest('hex');
  return { ...value, 'user-data': `sha256:${digest}` };
}
