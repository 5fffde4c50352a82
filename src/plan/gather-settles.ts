import type { Probe, Step } from '../model/plan.ts';

/**
 * Neighbouring steps that ask the same query are asked once, after the last of them: nothing between them relies on the
 * answer, and each asking is a process.
 */
export function gatherSettles(steps: readonly Step[]): readonly Step[] {
  const gathered: Step[] = [];
  let waiting: Probe[] = [];
  steps.forEach((step, place) => {
    const all = [...waiting, ...step.settle.all];
    const next = steps[place + 1];
    const goesOn = next !== undefined && canWait(step) && canWait(next);
    waiting = goesOn ? all : [];
    gathered.push({ ...step, settle: { ...step.settle, all: goesOn ? [] : all } });
  });
  return gathered;
}

/** Settings of PFs and VFs only: nobody can use a VF before its driver is bound, which is a later step. */
function canWait(step: Step): boolean {
  return /^[vp]f-/.test(step.resource) && step.settle.all.every((probe) => 'query' in probe);
}
