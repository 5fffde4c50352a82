import type { Plan } from '../../model/plan.ts';
import type { ApplyEvent } from '../event.ts';
import { type Fold, readFold } from '../fold.ts';
import { rollbackPlan } from '../rollback.ts';
import { applyPlan, finish, resumePlan } from '../walk.ts';
import { type FakeWorld, Killed, type Session } from './fake-world.ts';

export const planId = 'p1';

export function apply(session: Session, plan: Plan, events: ApplyEvent[] = []) {
  return applyPlan({ ...session, plan, planId, verb: 'apply', bootId: 'boot-1', onEvent: collect(events) });
}

export function fold(world: FakeWorld): Promise<Fold> {
  return readFold(world.session().store);
}

export async function resume(world: FakeWorld, session: Session, bootId = 'boot-1') {
  return resumePlan({ ...session, open: await openOf(world), bootId, onEvent: () => {} });
}

/** As operate does it: undo, look, and close with what remains. */
export async function rollback(
  world: FakeWorld,
  session: Session,
  before: string,
  events: ApplyEvent[] = [],
) {
  const open = await openOf(world);
  const result = await rollbackPlan({ ...session, open, bootId: 'boot-1', onEvent: collect(events) });
  const clean = world.card.state() === before;
  const residue = clean ? [] : open.plan.steps.flatMap((step) => step.changes);
  await finish(
    { ...session, planId: open.id, plan: open.plan },
    clean ? 'rolled-back' : 'rollback-incomplete',
    residue,
  );
  return { result, clean };
}

async function openOf(world: FakeWorld) {
  const { open, unconfirmed } = await fold(world);
  const found = open ?? unconfirmed;
  if (!found) throw new Error('nothing is open');
  return found;
}

export async function orKilled<T>(work: Promise<T>): Promise<T | 'killed'> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Killed) return 'killed';
    throw error;
  }
}

function collect(events: ApplyEvent[]) {
  return (event: ApplyEvent) => void events.push(event);
}
