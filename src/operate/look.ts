import type { HostReader } from '../host/host.ts';
import { sameJson } from '../model/json.ts';
import { ledgerKey } from '../model/ledger.ts';
import type { Change, Kept, Plan } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { observe } from '../observe/observe.ts';
import { basisOf } from '../plan/basis.ts';
import { byPlace, eachPlace } from '../plan/by-place.ts';
import {
  differencesOf,
  grounded,
  type Haves,
  haveAt,
  havesOf,
  unseenOf,
  type Wants,
} from '../plan/differences.ts';
import { resourceOf } from '../plan/order.ts';
import { changesIn } from '../plan/plan.ts';
import { sectionsOf } from './sections.ts';

/** What a plan's steps change; what they only adopt is the same before and after. */
export function doneIn(plan: Plan): readonly Change[] {
  return changesIn(plan.steps).filter(({ adopts }) => adopts !== true);
}

/** The first value each place had before these changes. */
export function wantsBefore(changes: readonly Change[]): Wants {
  // The earliest one is set last, so it counts.
  return byPlace(changes.map(({ resource, at, from }) => ({ resource, at, value: from })).reverse());
}

/** The last value each place has after these changes, and those that are left as they were. */
export function wantsAfter(changes: readonly Change[], kept: readonly Kept[] = []): Wants {
  return byPlace([...kept, ...changes.map(({ resource, at, to }) => ({ resource, at, value: to }))]);
}

/** The digest of what these changes touch, as it is now. */
export async function basisNow(reader: HostReader, changes: readonly Change[]): Promise<string> {
  // Which of them exist yet is unknown, and a failing query would be a wasted process.
  const { bridges: _, ...sections } = sectionsOf(changes);
  const state = await observe(reader, sections);
  return basisOf(state.bootId, changes, havesOf(state));
}

/** Places that nobody sets, because their value comes by itself with what they stand on, and that are gone with it. */
export async function goneOf(reader: HostReader, wants: Wants): Promise<readonly Change[]> {
  const haves = havesOf(await observe(reader, sectionsOf([...eachPlace(wants)])));
  return [...eachPlace(wants)].flatMap(({ resource, at, value }) =>
    value !== null && sameJson(value, resourceOf(resource).fresh) && haveAt(haves, resource, at) === null
      ? [{ resource, at, from: value, to: null }]
      : [],
  );
}

/** Looks, and returns every place that is not as wanted: `from` is what is wanted, `to` what is there. */
export async function residueOf(
  reader: HostReader,
  asked: Wants,
  { left = [], steps }: Pick<Plan, 'left' | 'steps'>,
): Promise<readonly Change[]> {
  const state = await observe(reader, sectionsOf([...eachPlace(asked)]));
  const haves = havesOf(state);
  const wants = grounded(asked, haves);
  const differing = differencesOf(wants, haves).map(({ resource, at, have, want }) => ({
    resource,
    at,
    from: want,
    to: have,
  }));
  const hidden = unseenOf(wants, haves).map(({ resource, at, want, unseen }) => ({
    resource,
    at,
    from: want,
    to: { unseen },
  }));
  const told = changesIn(steps).filter(({ from, to }) => sameJson(from, to));
  const keys = new Set([...left, ...told].map(({ resource, at }) => ledgerKey(resource, at)));
  const changed = changesIn(steps).filter(({ from, to }) => from !== null && to !== null);
  const stood = new Set([...keys, ...changed.map(({ resource, at }) => ledgerKey(resource, at))]);
  return [...differing, ...hidden, ...strayOf(wants, haves, { keys, stood })];
}

/** What came by itself with a recreated thing, and should not have: a VF that the host's own driver has taken. */
function strayOf(
  wants: Wants,
  haves: Haves,
  { keys, stood }: { readonly keys: ReadonlySet<string>; readonly stood: ReadonlySet<string> },
): readonly Change[] {
  const isMadeAnew = (key: string) => {
    // A change in place has not affected what stands on it.
    if (stood.has(key)) return false;
    const space = key.indexOf(' ');
    return (wants.get(key.slice(0, space))?.get(key.slice(space + 1)) ?? null) !== null;
  };
  return [...haves].flatMap(([resource, places]) => {
    const { attribute, fresh, standsOn } = resourceOf(resource);
    if (attribute || fresh === undefined) return [];
    return [...places].flatMap(([at, value]) => {
      if (isUnseen(value) || sameJson(value, fresh) || keys.has(ledgerKey(resource, at))) return [];
      if (wants.get(resource)?.has(at) || !standsOn?.(at, value).some(isMadeAnew)) return [];
      return [{ resource, at, from: fresh, to: value }];
    });
  });
}
