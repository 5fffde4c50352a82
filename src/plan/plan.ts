import type { Finding } from '../model/finding.ts';
import type { Allocation, HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { sameJson } from '../model/json.ts';
import type { Change, Kept, Plan, Step } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { basisOf } from './basis.ts';
import { eachPlace } from './by-place.ts';
import { changesOf } from './changes.ts';
import { checksOf } from './checks.ts';
import {
  type Difference,
  differencesOf,
  type Haves,
  haveAt,
  havesOf,
  keyOf,
  leftAsFound,
  type Wants,
} from './differences.ts';
import { forgetStep } from './forget.ts';
import { gatherSettles } from './gather-settles.ts';
import { occupancyOf } from './in-use.ts';
import type { PlanInput } from './plan-input.ts';
import { stepsOf } from './step.ts';

export interface Planned {
  readonly plan: Plan;
  readonly differences: readonly Difference[];
}

/** The way from what is there to what is wanted, with whatever stands against it. Reads no host and no clock. */
export function planFor(input: PlanInput): Planned {
  const { host, state, ledger, wants, spec, allocation, allowDisruption } = input;
  const haves = havesOf(state);
  const differences = differencesOf(wants, haves);
  const { down, up } = changesOf(differences, wants, haves, ledger);
  const occupancy = occupancyOf(spec, state, ledger);
  const staying = new Set<string>(spec?.guests.map((guest) => guest.name) ?? []);
  const ovsStands = state.ovs !== undefined && !isUnseen(state.ovs) && state.ovs.daemon === false;
  const steps = gatherSettles(stepsOf([...down, ...up], { occupancy, staying, allowDisruption, ovsStands }));
  const forgetting =
    steps.length > 0 || input.forgets === true ? forgetStep(ledger, wants, haves, spec !== undefined) : [];
  const findings: readonly Finding[] = checksOf({ ...input, haves, differences, steps, occupancy });
  return {
    plan: {
      host,
      basis: basisOf(state.bootId, changesIn([...steps, ...forgetting]), haves),
      steps: [...steps, ...forgetting],
      allocation,
      ...leavesIn(ledger.allocation, allocation),
      ...(steps.length === 0 ? {} : { keeps: keptBy(wants, haves, steps) }),
      ...(spec?.asFound ? { left: leftIn(spec, state) } : {}),
      findings,
    },
    differences,
  };
}

function leavesIn(before: Allocation, after: Allocation): Pick<Plan, 'leaves'> {
  const staying = new Set(Object.keys(after).map(guestOf));
  const leaves = [...new Set(Object.keys(before).map(guestOf))].filter((guest) => !staying.has(guest));
  return leaves.length === 0 ? {} : { leaves };
}

/** Of an attachment, `guest/network`. */
function guestOf(attachment: string): string {
  return attachment.slice(0, attachment.indexOf('/'));
}

function leftIn(spec: HostSpec, state: HostState): NonNullable<Plan['left']> {
  return leftAsFound(spec, state).map(({ resource, at }) => ({ resource, at }));
}

/** What is as wanted and in no step: a side effect on it would go unseen if nobody looked at it in the end. */
export function keptBy(wants: Wants, haves: Haves, steps: readonly Step[]): readonly Kept[] {
  const asWanted = [...eachPlace(wants)].filter(({ resource, at, value }) => {
    const have = haveAt(haves, resource, at);
    return value !== null && !isUnseen(have) && sameJson(have, value);
  });
  const kinds = new Set(asWanted.map(({ resource }) => resource));
  const changed = new Set(
    changesIn(steps)
      .filter(({ resource }) => kinds.has(resource))
      .map(keyOf),
  );
  return asWanted.filter((place) => !changed.has(keyOf(place)));
}

/** Every change of a plan's steps, in their order. */
export function changesIn(steps: readonly Step[]): readonly Change[] {
  return noChanges.concat(...steps.map((step) => step.changes));
}

const noChanges: readonly Change[] = [];
