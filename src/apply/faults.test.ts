import { describe, expect, it } from 'vitest';
import { FakeWorld, type Fault } from './testing/fake-world.ts';
import { cardPlan } from './testing/plans.ts';
import { apply, fold, orKilled, planId, resume, rollback } from './testing/walks.ts';
import { finish } from './walk.ts';

const fresh = new FakeWorld();
const before = fresh.card.state();
await apply(fresh.session(), cardPlan());
const asked = fresh.card.state();
const places = Array.from(fresh.operations.keys());
const allClaimed = 6;

async function walkedTo(at: number, how: Fault) {
  const world = new FakeWorld();
  const outcome = await orKilled(apply(world.session({ at, how }), cardPlan()));
  return { world, outcome };
}

describe.each<Fault>(['kill', 'kill-after'])('%s at every operation', (how) => {
  it('a fresh process resumes to what was asked', async () => {
    expect(places.length).toBeGreaterThan(30);
    for (const at of places) {
      const { world, outcome } = await walkedTo(at, how);
      expect(outcome).toBe('killed');
      if (!(await fold(world)).open) {
        expect(world.card.state()).toBe(before);
        continue;
      }
      expect(await resume(world, world.session()), `at ${at}`).toMatchObject({ kind: 'applied' });
      expect(world.card.state()).toBe(asked);
      await finish({ ...world.session(), planId, plan: cardPlan() }, 'applied');
      const { ledger, open } = await fold(world);
      expect([ledger.entries.size, open]).toEqual([allClaimed, undefined]);
    }
  });

  it('a fresh process rolls back to what was there, even if it is killed again anywhere', async () => {
    for (const at of places.filter((n) => n % 3 === 0)) {
      for (let again = 0; again < 40; again++) {
        const { world } = await walkedTo(at, how);
        if (!(await fold(world)).open) break;
        const second = await orKilled(rollback(world, world.session({ at: again, how }), before));
        if ((await fold(world)).open) await rollback(world, world.session(), before);
        expect(world.card.state(), `at ${at}, again at ${again}`).toBe(before);
        expect((await fold(world)).ledger).toEqual({ entries: new Map(), allocation: {} });
        if (second !== 'killed') break;
      }
    }
  });
});

describe.each<Fault>(['error', 'error-after', 'hang', 'hang-after', 'lie'])(
  '%s at every operation',
  (how) => {
    it('ends as asked, or fails and is rolled back', async () => {
      const ends = { applied: 0, failed: 0 };
      for (const at of places) {
        const { world, outcome } = await walkedTo(at, how);
        if (outcome === 'killed') throw new Error('not by this fault');
        if (outcome.kind === 'applied') {
          ends.applied++;
          // A store that lies about what it keeps cannot be helped; nothing was asked of it here.
          expect(world.card.state(), `${how} at ${at}`).toBe(asked);
        } else {
          ends.failed++;
          expect(outcome, `${how} at ${at}`).toMatchObject({ kind: 'failed' });
          if ((await fold(world)).open) await rollback(world, world.session(), before);
          expect(world.card.state(), `${how} at ${at}`).toBe(before);
          expect((await fold(world)).ledger.entries.size).toBe(0);
        }
      }
      expect(ends.failed).toBeGreaterThan(0);
    });

    it('in a rollback: everything is as before, or the residue is reported and still answered for', async () => {
      for (const at of places) {
        const world = new FakeWorld();
        await apply(world.session(), cardPlan());
        const faulty = world.session({ at, how });
        const back = await rollback(world, faulty, before).catch((error: unknown) => {
          expect(String(error)).toContain('ENOSPC');
          return { clean: world.card.state() === before };
        });
        const { ledger, history } = await fold(world);
        if (!back.clean) {
          expect(ledger.entries.size).toBeGreaterThan(0);
          expect(['rollback-incomplete', 'open']).toContain(history.at(-1)?.outcome);
        }
        if (at >= world.operations.length) break;
      }
    });
  },
);
