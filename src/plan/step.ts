import type { Change, Probe, Step } from '../model/plan.ts';
import type { Resource } from '../resource/resource.ts';
import { actionsOf } from './actions.ts';
import { atRange } from './at-range.ts';
import { disruptedBy } from './disruption.ts';
import type { Occupancy } from './in-use.ts';
import { resourceOf } from './order.ts';

export interface StepContext {
  readonly occupancy: Occupancy;
  /** Guests that the file still names. */
  readonly staying: ReadonlySet<string>;
  /** The operator has said that guests may be interrupted: no guard stands in the way. */
  readonly allowDisruption: boolean;
}

/** Changes in their order → steps: neighbours of one kind (and one guest, where the kind says so) are one step. */
export function stepsOf(changes: readonly Change[], context: StepContext): readonly Step[] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const last = groups.at(-1);
    if (last?.[0] && isTogether(last[0], change)) last.push(change);
    else groups.push([change]);
  }
  return groups
    .map((group) => stepOf(group, context))
    .filter((step) => step.actions.length + step.undo.length + step.settle.all.length > 0);
}

function isTogether(a: Change, b: Change): boolean {
  if (a.resource !== b.resource || (a.to === null) !== (b.to === null)) return false;
  const { together } = resourceOf(a.resource);
  return together === undefined || together(a.at) === together(b.at);
}

function stepOf(changes: readonly Change[], context: StepContext): Step {
  const [first] = changes;
  if (!first) throw new Error('a step without changes');
  const resource = resourceOf(first.resource);
  const backwards = changes.map(reversed).reverse();
  return {
    why: resource.why(first.from, first.to),
    resource: first.resource,
    at: atRange(changes.map(({ at }) => at)),
    for: guestsOf(changes, context.occupancy),
    disrupts: disruptedBy(changes, resource, context.occupancy, context.staying),
    guard: context.allowDisruption ? [] : guardsOf(changes, resource),
    actions: actionsOf(changes.map(({ at, from, to }) => resource.move(at, from, to))),
    undo: actionsOf(
      backwards.map(({ at, from, to }) => resource.move(at, from, to)),
      true,
    ),
    undoGuard: guardsOf(backwards, resource),
    settle: {
      all: settlesOf(changes, resource),
      show: changes.flatMap(({ at, to }) => (to === null ? [] : (resource.shown?.(at) ?? []))),
      timeoutMs: resource.timeoutMs,
    },
    changes: resource.stays ? [] : changes,
  };
}

function reversed({ resource, at, from, to }: Change): Change {
  return { resource, at, from: to, to: from };
}

function guardsOf(changes: readonly Change[], { guard }: Resource): readonly Probe[] {
  return guard ? changes.flatMap(({ at, from, to }) => guard(at, from, to)) : [];
}

/** A setting that goes with its base has nothing to be asked about afterwards. */
function settlesOf(changes: readonly Change[], resource: Resource): readonly Probe[] {
  if (resource.attribute && changes[0]?.to === null) return [];
  return changes.flatMap(({ at, to }) => resource.settled(at, to));
}

function guestsOf(changes: readonly Change[], { owners }: Occupancy): readonly string[] {
  const guests = new Set<string>();
  for (const { resource, at } of changes) {
    for (const guest of owners.get(at) ?? laneGuest(resource, at)) guests.add(guest);
  }
  return [...guests];
}

/** A thing in a guest's namespace begins with the guest's name. */
function laneGuest(resource: string, at: string): readonly string[] {
  if (resource !== 'netns' && !resource.startsWith('netns-') && !resource.startsWith('guest-')) return [];
  const guest = at.split('/')[0] ?? '';
  return guest === '' ? [] : [guest];
}
