import type { Probe, Step } from '../model/plan.ts';

/**
 * A query that neighbouring steps share is asked once, after the last of them: nothing between them relies on the
 * answer, and each query is a process. What is read from a file is still read at each step.
 */
export function gatherSettles(steps: readonly Step[]): readonly Step[] {
  const gathered: Step[] = [];
  let waiting: readonly Probe[] = [];
  steps.forEach((step, place) => {
    const family = familyOf(step);
    const next = steps[place + 1];
    const goesOn = family !== undefined && next !== undefined && familyOf(next) === family;
    const all = [...waiting, ...step.settle.all];
    waiting = goesOn ? all.filter(isQuery) : [];
    gathered.push({ ...step, settle: { ...step.settle, all: goesOn ? all.filter(isRead) : all } });
  });
  return gathered;
}

const isQuery = (probe: Probe) => 'query' in probe;
const isRead = (probe: Probe) => !isQuery(probe);

/**
 * - Settings of PFs and VFs, and the VFs themselves: nobody can use one before its driver is bound, which is a later step.
 * - What is made for guests on this host: each step fails by itself where the one before it did nothing.
 */
function familyOf({ resource, settle }: Step): 'card' | 'guests' | undefined {
  // A step without a query of its own would be taken for done by another's, when it was only begun.
  if (settle.all.length === 0) return undefined;
  if (/^([vp]f-|num-vfs$)/.test(resource)) return resource === 'vf-driver' ? undefined : 'card';
  return /^(netns|guest)-|^netns$/.test(resource) ? 'guests' : undefined;
}
