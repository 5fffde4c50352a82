import type { Fold } from '../apply/fold.ts';
import type { BootState, HostState } from '../model/host-state.ts';
import type { Json } from '../model/json.ts';
import type { Change } from '../model/plan.ts';
import { bootKinds } from './sections.ts';

/**
 * A host as it will be once the plan that a reboot has cut off is closed, which is the first thing done there: the files for
 * its next start are then what they were before that plan.
 */
export function afterClosing(state: HostState, fold: Fold): HostState {
  const former = fold.open ?? fold.unconfirmed;
  if (!former || !state.boot || former.bootId === state.bootId) return state;
  const begun = former.plan.steps.filter(
    (step, n) => bootKinds.has(step.resource) && former.steps[n]?.state !== 'untouched',
  );
  const changes = begun.flatMap((step) => step.changes).reverse();
  return { ...state, boot: changes.reduce(takenBack, state.boot) };
}

/** The earliest one is taken back last, so it counts. */
function takenBack(boot: BootState, { resource, at, from }: Change): BootState {
  const text = from as string | null;
  switch (resource) {
    case 'boot-document':
      return { ...boot, document: from };
    case 'boot-program':
      return { ...boot, program: text };
    case 'boot-snapshot':
      return { ...boot, snapshot: from };
    case 'ovs-gate':
      return { ...boot, gate: text };
    case 'keep-off':
      return { ...boot, keepOff: { ...boot.keepOff, [at]: text } };
    case 'boot-unit':
      return { ...boot, ...unitOf(from) };
    default:
      return boot;
  }
}

function unitOf(from: Json): Pick<BootState, 'unit' | 'enabled'> {
  const { text, enabled } = (from ?? { text: null, enabled: false }) as {
    readonly text: string | null;
    readonly enabled: boolean;
  };
  return { unit: text, enabled };
}
