import type { Change } from '../model/plan.ts';
import type { Taken } from '../resource/resource.ts';
import type { Occupancy, User } from './in-use.ts';
import { resourceOf } from './order.ts';

/**
 * The guests a change interrupts: those that use a VF it takes away. A namespace guest that the file no longer names
 * asked for its own end; a VM never did, because it is still running.
 */
export function disruptedBy(
  change: Change,
  occupancy: Occupancy,
  staying: ReadonlySet<string>,
): readonly string[] {
  const taken = resourceOf(change.resource).takes?.(change.at, change.from, change.to);
  if (taken === undefined) return [];
  const hit = [...occupancy.users].filter(([at, user]) => isTaken(taken, at, user)).map(([, user]) => user);
  return [
    ...new Set(hit.filter((user) => user.by === 'vfio' || staying.has(user.name)).map((user) => user.name)),
  ];
}

function isTaken(taken: NonNullable<Taken>, at: string, user: User): boolean {
  if ('vf' in taken) return at === taken.vf;
  if ('pf' in taken) return at.startsWith(`${taken.pf}/`);
  return user.name === taken.guest;
}
