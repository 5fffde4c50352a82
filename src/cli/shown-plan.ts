import { createHash } from 'node:crypto';
import type { HostState } from '../model/host-state.ts';
import type { Json } from '../model/json.ts';
import type { Action, Change, Plan, Probe, Step } from '../model/plan.ts';

/** What stands for a text that may hold a password. A plan that has it is for reading. */
const notShown = '(not shown: vflane plan -o FILE has it)';

/** A plan as it may be printed: without what it writes, asks and remembers of cloud-init's data. */
export function shownPlan(plan: Plan): Plan {
  return { ...plan, steps: plan.steps.map(shownStep) };
}

/** Whether something was left out of a plan, which therefore cannot be applied. */
export function isOnlyShown({ steps }: Plan): boolean {
  return steps.some(({ actions, undo }) =>
    [...actions, ...undo].some((action) => 'write' in action && action.secret && action.text === notShown),
  );
}

function shownStep(step: Step): Step {
  const { actions, undo, settle, changes } = step;
  if (![...actions, ...undo].some(isSecret) && step.resource !== seed) return step;
  return {
    ...step,
    actions: actions.map(shownAction),
    undo: undo.map(shownAction),
    settle: { ...settle, all: settle.all.map(shownProbe), show: settle.show.map(shownProbe) },
    changes: changes.map(shownChange),
  };
}

const seed = 'vm-seed';

function isSecret(action: Action): boolean {
  return 'write' in action && action.secret === true;
}

function shownAction(action: Action): Action {
  return 'write' in action && action.secret ? { ...action, text: notShown } : action;
}

function shownProbe(probe: Probe): Probe {
  return 'read' in probe && 'is' in probe && `${probe.read}`.endsWith('/user-data')
    ? { ...probe, is: notShown }
    : probe;
}

function shownChange(change: Change): Change {
  if (change.resource !== seed) return change;
  return { ...change, from: withDigest(change.from), to: withDigest(change.to) };
}

/** cloud-init's data may hold passwords; different ones can still be told apart. */
export function withDigest(value: Json): Json {
  if (typeof value !== 'object' || value === null || !('user-data' in value)) return value;
  return { ...value, 'user-data': digestOf(value['user-data'] ?? null) };
}

/** A host's state, in the same way: without guests' user-data files and seeds. */
export function shownState(state: HostState): HostState {
  if (state.machines === undefined) return state;
  const { userData, guests } = state.machines;
  const digests = Object.entries(userData).map(([path, text]) => [
    path,
    typeof text === 'string' ? digestOf(text) : text,
  ]);
  const shown = Object.entries(guests).map(([name, { seed: of, ...guest }]) => [
    name,
    { ...guest, seed: withDigest(of as Json) },
  ]);
  return {
    ...state,
    machines: { ...state.machines, userData: Object.fromEntries(digests), guests: Object.fromEntries(shown) },
  };
}

function digestOf(text: Json): string {
  return `sha256:${createHash('sha256').update(`${text}`).digest('hex')}`;
}
