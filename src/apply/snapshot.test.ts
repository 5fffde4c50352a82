import { expect, it } from 'vitest';
import { foldJournal } from './fold.ts';
import { snapshotName } from './snapshot.ts';
import { FakeWorld } from './testing/fake-world.ts';
import { bondStep, cardPlan, planOf } from './testing/plans.ts';
import { apply, fold, planId, rollback } from './testing/walks.ts';
import { applyPlan, finish } from './walk.ts';

async function applied(world: FakeWorld, id: string, name: string): Promise<void> {
  const session = world.session();
  const plan = planOf(bondStep(name));
  await applyPlan({ ...session, plan, planId: id, verb: 'apply', bootId: 'boot-1', onEvent: () => {} });
  await finish({ ...session, planId: id, plan }, 'applied');
}

it('yields the same as the whole journal, without the old plans', async () => {
  const world = new FakeWorld();
  await apply(world.session(), cardPlan());
  await rollback(world, world.session(), world.card.state());
  await applied(world, 'p2', 'bond1');
  await applied(world, 'p3', 'bond2');
  const whole = await foldJournal(world.records, async (name) => world.documents.get(name));
  for (const id of [planId, 'p2', 'p3']) world.documents.delete(`plan-${id}.json`);
  expect(await fold(world)).toEqual(whole);
  expect(whole.history.map((h) => h.id)).toEqual([planId, 'p2', 'p3']);
});

it.each(['', '{"v":9}', 'nonsense', '{"v":1,"upTo":99,"digest":"none"}', '{"v":1}', 'null'])(
  'is passed over where it is not of this journal: %s',
  async (text) => {
    const world = new FakeWorld();
    await applied(world, 'p2', 'bond1');
    const told = await fold(world);
    world.documents.set(snapshotName, text);
    expect(await fold(world)).toEqual(told);
  },
);

it('is not made of a plan that can still be taken back', async () => {
  const world = new FakeWorld();
  const plan = cardPlan();
  await apply(world.session(), plan);
  await finish({ ...world.session(), planId: 'another', plan }, 'applied');
  expect(world.documents.has(snapshotName)).toBe(false);
  expect((await fold(world)).open?.id).toBe(planId);
});
