import type { Change, Probe, Step } from '../model/plan.ts';
import { ovsDaemon } from '../resource/ovs-daemon.ts';
import { ovsSetting } from '../resource/ovs-setting.ts';
import type { Move, Resource } from '../resource/resource.ts';
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
  /** ovs-vswitchd does not run: until a step restarts it, no change of the database is waited for. */
  readonly ovsStands: boolean;
}

/** After these ovs-vswitchd runs. */
const starters: ReadonlySet<string> = new Set([ovsSetting.kind, ovsDaemon.kind]);

/** Changes in their order → steps: neighbours of one kind (and one guest, if the kind says so) or of one transaction are one step. */
export function stepsOf(changes: readonly Change[], context: StepContext): readonly Step[] {
  const groups: Change[][] = [];
  for (const change of besideEachOther(changes)) {
    const last = groups.at(-1);
    if (last?.[0] && isTogether(last[0], change)) last.push(change);
    else groups.push([change]);
  }
  const restart = groups.findIndex(([first]) => first !== undefined && starters.has(first.resource));
  return groups
    .map((group, place) => {
      const ovsStands = context.ovsStands && (restart < 0 || place < restart);
      return stepOf(group, { ...context, ovsStands });
    })
    .filter((step) => step.actions.length + step.undo.length + step.settle.all.length > 0);
}

function isTogether(a: Change, b: Change): boolean {
  if ((a.to === null) !== (b.to === null)) return false;
  return areOfOne(a, b) && togetherOf(a) === togetherOf(b);
}

/** Of one kind, or of kinds that share a transaction. */
function areOfOne(a: Change, b: Change): boolean {
  if (a.resource === b.resource) return true;
  const { transaction } = resourceOf(a.resource);
  return transaction !== undefined && transaction === resourceOf(b.resource).transaction;
}

function togetherOf({ resource, at }: Change): string | undefined {
  return resourceOf(resource).together?.(at);
}

/** Of kinds that share a transaction, each guest’s in one piece: the order holds within a guest, and no guest waits for another. */
function besideEachOther(changes: readonly Change[]): readonly Change[] {
  const runs: Change[][] = [];
  for (const change of changes) {
    const last = runs.at(-1);
    if (last?.[0] && areOfOne(last[0], change)) last.push(change);
    else runs.push([change]);
  }
  return runs.flatMap((run) => [...byTogether(run).values()].flat());
}

function byTogether(run: readonly Change[]): ReadonlyMap<string | undefined, readonly Change[]> {
  const groups = new Map<string | undefined, Change[]>();
  for (const change of run) {
    const key = togetherOf(change);
    const group = groups.get(key);
    if (group) group.push(change);
    else groups.set(key, [change]);
  }
  return groups;
}

function stepOf(changes: readonly Change[], context: StepContext): Step {
  const [first] = changes;
  if (!first) throw new Error('a step without changes');
  const backwards = changes.map(reversed).reverse();
  const kinds = [...byKind(changes)];
  return {
    why: kinds.map(([{ why }, [one = first]]) => why(one.from, one.to)).join(' '),
    resource: first.resource,
    at: atRange(changes.map(({ at }) => at)),
    for: guestsOf(changes, context.occupancy),
    disrupts: interrupted(kinds, context),
    guard: context.allowDisruption ? [] : guardsOf(changes),
    actions: actionsOf(changes.map(moveOf), { noWait: context.ovsStands }),
    undo: actionsOf(backwards.map(moveOf), { back: true, noWait: context.ovsStands }),
    undoGuard: guardsOf(backwards),
    settle: {
      all: kinds.flatMap(([resource, ofKind]) => settlesOf(ofKind, resource)),
      show: ofEach(changes, ({ resource, at, to }) =>
        to === null ? undefined : resourceOf(resource).shown?.(at),
      ),
      timeoutMs: Math.max(...kinds.map(([{ timeoutMs }]) => timeoutMs)),
    },
    changes: changes.filter(({ resource }) => !resourceOf(resource).stays).map(journalled),
  };
}

/** The changes of each kind, kinds in the order in which they first come. */
function byKind(changes: readonly Change[]): ReadonlyMap<Resource, readonly Change[]> {
  const kinds = new Map<Resource, Change[]>();
  for (const change of changes) {
    const resource = resourceOf(change.resource);
    const ofKind = kinds.get(resource);
    if (ofKind) ofKind.push(change);
    else kinds.set(resource, [change]);
  }
  return kinds;
}

function interrupted(
  kinds: Iterable<readonly [Resource, readonly Change[]]>,
  { occupancy, staying }: StepContext,
): readonly string[] {
  const guests = [...kinds].flatMap(([resource, changes]) =>
    disruptedBy(changes, resource, occupancy, staying),
  );
  return [...new Set(guests)];
}

function moveOf({ resource, at, from, to }: Change): Move {
  return resourceOf(resource).move(at, from, to);
}

/** A change, as it is recorded in the journal. */
function journalled(change: Change): Change {
  const { unheld } = resourceOf(change.resource);
  return unheld ? { ...change, unheld } : change;
}

function reversed({ resource, at, from, to }: Change): Change {
  return { resource, at, from: to, to: from };
}

function guardsOf(changes: readonly Change[]): readonly Probe[] {
  return ofEach(changes, ({ resource, at, from, to }) => resourceOf(resource).guard?.(at, from, to));
}

/** A setting that goes with its base needs no look afterwards. */
function settlesOf(changes: readonly Change[], resource: Resource): readonly Probe[] {
  if (resource.attribute && changes[0]?.to === null) return [];
  return ofEach(changes, ({ at, to }) => resource.settled(at, to));
}

/** Like flatMap, which takes several times as long: for each VF of a plan this is called a few times, mostly with an empty result. */
function ofEach<One>(
  changes: readonly Change[],
  what: (change: Change) => readonly One[] | undefined,
): readonly One[] {
  const all: One[] = [];
  for (const change of changes) {
    const found = what(change);
    if (found) all.push(...found);
  }
  return all;
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
  if ((resource !== 'netns' && !/^(netns|guest|vm)-/.test(resource)) || resource === 'vm-template') return [];
  const guest = at.split('/')[0] ?? '';
  return guest === '' ? [] : [guest];
}
