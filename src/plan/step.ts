import type { Action, Change, Probe, Step, Text } from '../model/plan.ts';
import { nothing, type Resource } from '../resource/resource.ts';
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
    .filter((step) => step.actions.length + step.undo.length > 0);
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
    actions: actionsOf(changes, resource),
    undo: actionsOf(backwards, resource, ['-force']),
    undoGuard: guardsOf(backwards, resource),
    settle: { all: settlesOf(changes, resource), show: [], timeoutMs: resource.timeoutMs },
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

/**
 * All batch lines of one namespace run as one `ip -batch`: a process a line would cost a hundred times as much. It stops
 * at a line that fails; on the way back, with `-force`, it does not, because the rest has to be undone all the same.
 */
function actionsOf(
  changes: readonly Change[],
  resource: Resource,
  options: readonly string[] = [],
): readonly Action[] {
  const actions: Action[] = [];
  let lines: Text[] = [];
  let namespace: string | undefined;
  const flush = () => {
    if (lines.length > 0) actions.push(batchAction(lines, namespace, options));
    lines = [];
  };
  for (const { at, from, to } of changes) {
    const move = resource.move(at, from, to);
    if (move === nothing) continue;
    if ('actions' in move) {
      flush();
      actions.push(...move.actions);
      continue;
    }
    if (move.namespace !== namespace) flush();
    namespace = move.namespace;
    lines.push(...move.batch);
  }
  flush();
  return actions;
}

function batchAction(
  lines: readonly Text[],
  namespace: string | undefined,
  options: readonly string[],
): Action {
  const inside = namespace === undefined ? [] : ['-n', namespace];
  const run = ['ip', ...inside, ...options, '-batch', '-'];
  const stdin: TextPart[] = [];
  for (const line of lines) {
    if (typeof line === 'string') append(stdin, line);
    else for (const part of line) append(stdin, part);
    append(stdin, '\n');
  }
  return { run, stdin };
}

type TextPart = Exclude<Text, string>[number];

/** Neighbouring strings become one, so that a plan of many VFs stays small. */
function append(text: TextPart[], part: TextPart): void {
  const last = text.at(-1);
  if (typeof part === 'string' && typeof last === 'string') text[text.length - 1] = last + part;
  else text.push(part);
}
