import type { Change } from '../model/plan.ts';
import type { Resource, Taken } from '../resource/resource.ts';
import type { Occupancy, User } from './in-use.ts';

/**
 * The guests that changes of one kind interrupt: those that use a VF, a lane or a wire that is taken away. A namespace guest that the file no
 * longer names was meant to end; a VM was not, because it is still running.
 */
export function disruptedBy(
  changes: readonly Change[],
  { takes }: Resource,
  { users }: Occupancy,
  staying: ReadonlySet<string>,
): readonly string[] {
  if (takes === undefined || users.size === 0) return [];
  const hit = new Set<string>();
  for (const { at, from, to } of changes) {
    const taken = takes(at, from, to);
    if (taken === undefined) continue;
    for (const [place, user] of users) {
      const counts = user.by === 'vfio' || staying.has(user.name);
      if (counts && isTaken(taken, place, user)) hit.add(user.name);
    }
  }
  return [...hit];
}

function isTaken(taken: NonNullable<Taken>, at: string, user: User): boolean {
  if (taken === 'everything') return true;
  if ('vf' in taken) return at === taken.vf;
  if ('pf' in taken) return at.startsWith(`${taken.pf}/`);
  if ('lane' in taken) return at === `lane ${taken.lane}`;
  return user.name === taken.guest;
}
