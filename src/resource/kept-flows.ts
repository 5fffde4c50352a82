import { keptFlows as kept, startHook } from '../model/ovs-start.ts';
import { isUnseen } from '../model/unseen.ts';
import { flows } from './flows.ts';
import type { Resource } from './resource.ts';

/**
 * The flows of a bridge as a file on the host, from which they are restored when ovs-vswitchd starts (facts §17). The value is
 * the file's whole text, because an undo has to write it too.
 */
export const keptFlows: Resource = {
  kind: 'kept-flows',
  timeoutMs: 5_000,
  wanted: (spec, state) =>
    flows.wanted(spec, state).map(({ at, value }) => ({ at, value: textOf(value as readonly string[]) })),
  there: ({ ovsStart }) => {
    if (ovsStart === undefined) return [];
    if (isUnseen(ovsStart.flows)) return [{ at: '*', value: ovsStart.flows }];
    return Object.entries(ovsStart.flows).map(([at, value]) => ({ at, value }));
  },
  // Its folder is made with the hook.
  standsOn: () => [`ovs-start-hook ${startHook.unit}`],
  move: (at, from, to) => {
    if (to !== null) return { actions: [{ write: kept.pathOf(at), text: to as string }] };
    return from === null ? { remove: [] } : { remove: [kept.pathOf(at)] };
  },
  // The file is there when the write returns; the look at the end reads it back.
  settled: () => [],
  why: (_from, to) =>
    to === null
      ? 'Forget the flows of bridges that go.'
      : 'Save each bridge’s flows on the host, to be put back when ovs-vswitchd starts.',
};

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
