import { isUnseen } from '../model/host-state.ts';
import { type Json, sameJson } from '../model/json.ts';
import { ledgerKey } from '../model/ledger.ts';
import type { Change } from '../model/plan.ts';
import type { Difference, Haves, Wants } from './differences.ts';
import { placeOf, resourceOf } from './order.ts';

/** What is taken down, last things first, and then what is set up, first things first. */
export interface Changes {
  readonly down: readonly Change[];
  readonly up: readonly Change[];
}

/**
 * From the differences to the changes: what goes away or is replaced comes down, and so does all that stands on it; what
 * is wanted goes up again after.
 */
export function changesOf(differences: readonly Difference[], wants: Wants, haves: Haves): Changes {
  const falling = fallingOf(differences, wants, haves);
  const down = [...falling.values()].reverse();
  const differing = differences.filter(({ want }) => want !== null).map(asChange);
  const differingKeys = new Set(differing.map(keyOf));
  const again = down.flatMap((change) => {
    const want = differingKeys.has(keyOf(change)) ? undefined : wants.get(keyOf(change));
    return want && want.value !== null ? [{ ...change, to: want.value }] : [];
  });
  const up = [...differing, ...again]
    .map((change) => (falling.has(keyOf(change)) ? { ...change, from: null } : change))
    .filter(({ resource, from, to }) => from !== null || !sameJson(to, resourceOf(resource).fresh));
  return { down, up: inOrder(up) };
}

function asChange({ resource, at, have, want }: Difference): Change {
  return { resource, at, from: have, to: want };
}

/** What has to come down, by key, in the order of set-up. */
function fallingOf(
  differences: readonly Difference[],
  wants: Wants,
  haves: Haves,
): ReadonlyMap<string, Change> {
  const falling = new Map<string, Change>();
  for (const { resource, at, have, want } of differences) {
    if (have === null || !(want === null || resourceOf(resource).replaced?.(have, want))) continue;
    falling.set(ledgerKey(resource, at), { resource, at, from: have, to: null });
  }
  if (falling.size > 0) addStanding(falling, differences, wants, haves);
  return new Map(inOrder([...falling.values()]).map((change) => [keyOf(change), change]));
}

/** One pass in the order of set-up is enough: nothing stands on what comes after it. */
function addStanding(
  falling: Map<string, Change>,
  differences: readonly Difference[],
  wants: Wants,
  haves: Haves,
): void {
  const changing = new Set(differences.filter(({ have }) => have !== null).map(keyOf));
  for (const { resource, at, value } of inOrder(standing(wants, haves))) {
    const key = ledgerKey(resource, at);
    const { standsOn, reads } = resourceOf(resource);
    const undermined =
      standsOn?.(at, value).some((base) => falling.has(base)) ||
      reads?.(at).some((base) => changing.has(base));
    if (undermined && !falling.has(key)) falling.set(key, { resource, at, from: value, to: null });
  }
}

/** What is there of what is vflane's business: a namespace that nobody asked about is not. */
function standing(wants: Wants, haves: Haves): readonly { resource: string; at: string; value: Json }[] {
  return [...wants.entries()].flatMap(([key, { resource, at }]) => {
    const have = haves.get(key);
    return have === undefined || have === null || isUnseen(have) ? [] : [{ resource, at, value: have }];
  });
}

function inOrder<Thing extends { readonly resource: string }>(things: readonly Thing[]): Thing[] {
  return [...things].sort((a, b) => placeOf(a.resource) - placeOf(b.resource));
}

function keyOf({ resource, at }: { readonly resource: string; readonly at: string }): string {
  return ledgerKey(resource, at);
}
