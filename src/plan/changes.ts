import { sameJson } from '../model/json.ts';
import type { Ledger } from '../model/ledger.ts';
import type { Change } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import type { AtPlace } from './by-place.ts';
import { type Difference, type Haves, haveAt, keyOf, type Wants } from './differences.ts';
import { placeOf, resourceOf } from './order.ts';

/** What is taken down, last things first, and then what is set up, in order. */
export interface Changes {
  readonly down: readonly Change[];
  readonly up: readonly Change[];
}

/**
 * From the differences to the changes: what goes away or is replaced comes down, and so does all that stands on it; what
 * is wanted goes up again afterwards.
 */
export function changesOf(
  differences: readonly Difference[],
  wants: Wants,
  haves: Haves,
  ledger: Ledger,
): Changes {
  const { down, up } = bothWays(differences, wants, haves, ledger);
  const rooted = (change: Change) => withRoot(change, ledger);
  return { down: down.map(rooted), up: up.map(rooted) };
}

/** What was found on a thing that vflane made goes with that: it cannot be restored. */
function withRoot(change: Change, { entries }: Ledger): Change {
  const { resource, at, from } = change;
  const { attribute, standsOn } = resourceOf(resource);
  const isRooted =
    from === null
      ? // It was found on something else that was there once, and is gone.
        attribute && (entries.get(keyOf(change))?.was ?? null) !== null
      : standsOn?.(at, from).some((base) => entries.get(base)?.was === null);
  return isRooted ? { ...change, was: null } : change;
}

function bothWays(differences: readonly Difference[], wants: Wants, haves: Haves, ledger: Ledger): Changes {
  const falling = fallingOf(differences, wants, haves, ledger);
  const differing = differences.filter(({ want }) => want !== null).map(asChange);
  if (falling.size === 0) return { down: [], up: inOrder(differing.filter(isWork)) };
  const down = [...falling.values()].reverse();
  const up = [
    ...differing.map((change) => (falling.has(keyOf(change)) ? { ...change, from: null } : change)),
  ];
  return {
    down,
    up: inOrder([...up, ...upAgain([...falling.values()], differing, wants, ledger)].filter(isWork)),
  };
}

function asChange({ resource, at, have, want }: Difference): Change {
  return { resource, at, from: have, to: want };
}

/** What comes by itself with the thing it stands on needs no step. */
function isWork({ resource, from, to }: Change): boolean {
  return from !== null || !sameJson(to, resourceOf(resource).fresh);
}

/** What only came down because of something below it goes up again; what nobody asked for returns to what it was. */
function upAgain(
  fallen: readonly Change[],
  differing: readonly Change[],
  wants: Wants,
  ledger: Ledger,
): readonly Change[] {
  const differingKeys = new Set(differing.map(keyOf));
  return fallen.flatMap(({ resource, at, from }) => {
    const to = wants.get(resource)?.has(at)
      ? (wants.get(resource)?.get(at) ?? null)
      : formerly({ resource, at, from, to: null }, wants, ledger);
    return to === null || differingKeys.has(keyOf({ resource, at }))
      ? []
      : [{ resource, at, from: null, to }];
  });
}

/** What nobody asks for, and what stands on nothing that goes away, was only disturbed. */
function formerly({ resource, at, from }: Change, wants: Wants, ledger: Ledger): Change['from'] {
  const isDisturbed = disturbed.includes(resource) || resourceOf(resource).standsOn?.(at, from).length === 0;
  return isDisturbed || isBystander(resource, at, wants, ledger) ? from : null;
}

/** Neither wanted nor made by vflane, but disturbed by a neighbouring step. */
function isBystander(resource: string, at: string, wants: Wants, { entries }: Ledger): boolean {
  return !wants.get(resource)?.has(at) && !entries.has(keyOf({ resource, at }));
}

/** What has to come down, by key, in the order of set-up. */
function fallingOf(
  differences: readonly Difference[],
  wants: Wants,
  haves: Haves,
  ledger: Ledger,
): ReadonlyMap<string, Change> {
  const falling = new Map<string, Change>();
  for (const { resource, at, have, want } of differences) {
    if (have === null || !(want === null || resourceOf(resource).replaced?.(have, want))) continue;
    falling.set(keyOf({ resource, at }), { resource, at, from: have, to: null });
  }
  const changing = new Set(differences.filter(({ have }) => have !== null).map(keyOf));
  if (changing.size > 0) {
    const there = [...standing(wants, haves, ledger), ...bystanders(wants, haves, ledger, changing)];
    addStanding(falling, changing, there);
  }
  addStanding(falling, madeIn(differences), swallowed(differences, haves));
  addDisturbed(falling, differences, haves);
  return new Map(inOrder([...falling.values()]).map((change) => [keyOf(change), change]));
}

/** One pass in the order of set-up is enough: nothing stands on what comes after it. */
function addStanding(
  falling: Map<string, Change>,
  changing: ReadonlySet<string>,
  there: readonly AtPlace<NonNullable<Change['from']>>[],
): void {
  for (const { resource, at, value } of inOrder(there)) {
    const { standsOn, reads } = resourceOf(resource);
    const undermined =
      standsOn?.(at, value).some((base) => falling.has(base)) || isHit(reads?.(at), changing);
    const key = keyOf({ resource, at });
    if (undermined && !falling.has(key)) falling.set(key, { resource, at, from: value, to: null });
  }
}

/** What exists and is vflane's business, because it is wanted or made by it: a namespace that nobody asked about is not. */
function standing(wants: Wants, haves: Haves, { entries }: Ledger) {
  const there: AtPlace<NonNullable<Change['from']>>[] = [];
  for (const [resource, places] of wants) {
    if (!haves.get(resource)?.size) continue;
    for (const at of places.keys()) {
      const have = haveAt(haves, resource, at);
      if (have !== null && !isUnseen(have)) there.push({ resource, at, value: have });
    }
  }
  for (const { resource, at } of entries.values()) {
    const have = wants.get(resource)?.has(at) ? null : haveAt(haves, resource, at);
    if (have !== null && !isUnseen(have)) there.push({ resource, at, value: have });
  }
  return there;
}

/** Settings of a PF that a neighbouring change disturbs: its channels change with the mode, and a bond leaves it down. */
function bystanders(wants: Wants, haves: Haves, ledger: Ledger, changing: ReadonlySet<string>) {
  const there: AtPlace<NonNullable<Change['from']>>[] = [];
  for (const resource of disturbed) {
    for (const [at, have] of haves.get(resource) ?? []) {
      if (!isHit(resourceOf(resource).reads?.(at), changing) || have === null || isUnseen(have)) continue;
      if (isBystander(resource, at, wants, ledger)) there.push({ resource, at, value: have });
    }
  }
  return there;
}

/** Making or removing a bond affects ports that the host itself may have had up. */
function addDisturbed(falling: Map<string, Change>, differences: readonly Difference[], haves: Haves): void {
  const ends = [...differences.map(asChange), ...falling.values()].flatMap(({ resource, from, to }) => {
    const { disturbs, replaced } = resourceOf(resource);
    if (!disturbs) return [];
    const isWhole = from === null || to === null || replaced?.(from, to);
    return isWhole ? [from, to].flatMap((value) => (value === null ? [] : disturbs(value))) : [];
  });
  if (ends.length === 0) return;
  const differing = new Set(differences.map(keyOf));
  for (const key of ends) {
    const space = key.indexOf(' ');
    const [resource, at] = [key.slice(0, space), key.slice(space + 1)];
    const from = haveAt(haves, resource, at);
    if (from === null || isUnseen(from) || differing.has(key) || falling.has(key)) continue;
    falling.set(key, { resource, at, from, to: null });
  }
}

function madeIn(differences: readonly Difference[]): ReadonlySet<string> {
  return new Set(differences.filter(({ have }) => have === null).map(keyOf));
}

/** Settings that are as wanted, but would go with what is about to be made if that is taken back: a bond's ports. */
function swallowed(differences: readonly Difference[], haves: Haves) {
  const differing = new Set(differences.filter(({ resource }) => disturbed.includes(resource)).map(keyOf));
  return disturbed.flatMap((resource) =>
    [...(haves.get(resource) ?? [])].flatMap(([at, value]) =>
      value === null || isUnseen(value) || differing.has(keyOf({ resource, at }))
        ? []
        : [{ resource, at, value }],
    ),
  );
}

/** A key that ends in `*` stands for all that begin so. */
function isHit(bases: readonly string[] | undefined, changing: ReadonlySet<string>): boolean {
  return (bases ?? []).some((base) =>
    base.endsWith('*') ? [...changing].some((key) => key.startsWith(base.slice(0, -1))) : changing.has(base),
  );
}

const disturbed = ['channels', 'pf-up'];

function inOrder<Thing extends { readonly resource: string }>(things: readonly Thing[]): Thing[] {
  return [...things].sort((a, b) => placeOf(a.resource) - placeOf(b.resource));
}
