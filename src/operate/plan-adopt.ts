import type { Fabric, FabricHost } from '../model/fabric.ts';
import { sameJson } from '../model/json.ts';
import { ledgerKey } from '../model/ledger.ts';
import type { Change, Step } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { basisOf } from '../plan/basis.ts';
import { eachPlace } from '../plan/by-place.ts';
import { haveAt, havesOf, type Wants, wantsOf } from '../plan/differences.ts';
import { resourceOf } from '../plan/order.ts';
import { keptBy } from '../plan/plan.ts';
import { type HostPlan, type PlanOptions, planFromFile } from './plan-host.ts';
import type { Site } from './site.ts';

/**
 * What exists as the file wants it, but was made by somebody else, becomes vflane's, and the VFs' owners are remembered. On
 * the host nothing is run; settings need no owner: their former value is recorded when they are first changed.
 * `undefined`: there is nothing to take over.
 */
export async function planToAdopt(
  site: Site,
  host: FabricHost,
  options: PlanOptions,
  fabric: Fabric,
): Promise<HostPlan | undefined> {
  const planned = await planFromFile(site, fabric, host, { ...options, allowDisruption: true });
  const changes = adopted(planned);
  const { allocation } = planned.plan;
  const isKnown = sameJson(allocation, planned.fold.ledger.allocation);
  if (changes.length === 0 && isKnown) return undefined;
  const steps = [adoptStep(changes)];
  const basis = basisOf(planned.state.bootId, changes, havesOf(planned.state));
  const findings = planned.plan.findings.filter(({ code }) => !ofStepsOnly.test(code));
  const plan = { ...planned.plan, host: site.name, basis, steps, allocation, findings };
  return { ...planned, plan: { ...plan, keeps: keptBy(wantsIn(planned), havesOf(planned.state), steps) } };
}

/** Findings on what the file's own plan would do stand against that plan, not against adopting what needs no plan. */
const ofStepsOnly = /^VF300[2-4]$/;

function adopted({ spec, state, fold }: HostPlan): readonly Change[] {
  if (spec === undefined) return [];
  const haves = havesOf(state);
  return [...eachPlace(wantsIn({ spec, state, fold }))].flatMap(
    ({ resource, at, value }): readonly Change[] => {
      const { made, stays } = resourceOf(resource);
      const have = haveAt(haves, resource, at);
      const isThere = value !== null && !isUnseen(have) && sameJson(have, value);
      if (!made || stays || !isThere || fold.ledger.entries.has(ledgerKey(resource, at))) return [];
      return [{ resource, at, from: value, to: value, adopts: true }];
    },
  );
}

function wantsIn({ spec, state, fold }: Pick<HostPlan, 'spec' | 'state' | 'fold'>): Wants {
  return spec === undefined ? new Map() : wantsOf(spec, state, fold.ledger);
}

function adoptStep(changes: readonly Change[]): Step {
  const what = changes.map(({ resource, at }) => `${resource} ${at}`);
  const why =
    changes.length === 0
      ? 'Remember who has which VF: nothing is run on the host.'
      : `Take over what is as the file wants it: nothing is run on the host (${what.join(', ')}).`;
  const nothing = { for: [], disrupts: [], guard: [], actions: [], undo: [] };
  const settle = { all: [], show: [], timeoutMs: 0 };
  return { why, resource: 'ledger', at: `${changes.length}`, ...nothing, settle, changes };
}
