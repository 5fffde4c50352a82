import { isUnseen } from '../model/unseen.ts';
import type { Resource } from './resource.ts';

/** The network namespace of a guest of kind `netns`, by the guest's name (ip-netns(8)). */
export const netns: Resource = {
  kind: 'netns',
  timeoutMs: 5_000,
  made: true,
  wanted: (spec) =>
    spec.guests.filter((guest) => guest.kind === 'netns').map((guest) => ({ at: guest.name, value: true })),
  there: (state) =>
    Object.entries(state.namespaces).map(([at, links]) => ({
      at,
      value: isUnseen(links) ? links : links === null ? null : true,
    })),
  move: (at, _from, to) => ({ batch: [`netns ${to === null ? 'del' : 'add'} ${at}`] }),
  settled: (at, to) => [
    { query: ['ip', '-j', 'netns', 'list'], at: [`name=${at}`, 'name'], is: to === null ? null : at },
  ],
  takes: (at, from) => (from === null ? undefined : { guest: at }),
  why: (_from, to) => (to === null ? 'Remove the guests’ namespaces.' : 'Make the guests’ namespaces.'),
};
