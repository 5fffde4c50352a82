import { describe, expect, it } from 'vitest';
import { StoreFailed } from '../host/store.ts';
import type { PciAddress } from '../model/names.ts';
import type { ApplyEvent } from './event.ts';
import { expired } from './fold.ts';
import { pf, pfPath } from './testing/fake-card.ts';
import { FakeWorld } from './testing/fake-world.ts';
import { attributeStep, bondStep, cardPlan, planOf, vlanStep } from './testing/plans.ts';
import { apply, fold, orKilled, planId, rollback } from './testing/walks.ts';
import { applyPlan, confirmPlan, finish } from './walk.ts';

const numVfs = () => attributeStep('num-vfs', `${pfPath}/sriov_numvfs`, '0', '2');

describe('rolling back', () => {
  it('goes on past a failing undo, and names it', async () => {
    const world = new FakeWorld();
    const before = world.card.state();
    const plan = cardPlan();
    const steps = plan.steps.map((s, n) => (n === 2 ? { ...s, undo: [{ run: ['no-such-program'] }] } : s));
    await apply(world.session(), { ...plan, steps });
    const { result, clean } = await rollback(world, world.session(), before);
    expect(result).toMatchObject({
      kind: 'undone',
      stepsUndone: 4,
      failures: [{ n: 2, resource: 'vf-vlan' }],
    });
    // The VFs went with their VLANs: the look says that nothing remains, and the look is believed.
    expect(clean).toBe(true);
    const { ledger, history, open } = await fold(world);
    expect([ledger.entries.size, history.at(-1)?.outcome, open]).toEqual([0, 'rolled-back', undefined]);
  });

  it('undoes nothing twice', async () => {
    const world = new FakeWorld();
    const before = world.card.state();
    await apply(world.session(), cardPlan());
    const first = world.session({ at: 4, how: 'kill' });
    expect(await orKilled(rollback(world, first, before))).toBe('killed');
    const open = (await fold(world)).open;
    expect([open?.direction, open?.steps.map((s) => s.state)]).toEqual([
      'back',
      ['done', 'done', 'done', 'done', 'undone'],
    ]);
    expect(open && (await fold(world)).ledger.entries.has('bond bond0')).toBe(false);
    const { result, clean } = await rollback(world, world.session(), before);
    expect([result, clean]).toEqual([{ kind: 'undone', stepsUndone: 4, failures: [] }, true]);
  });

  it('uses the name it was done with if several match by now', async () => {
    const world = new FakeWorld();
    world.card.write(`${pfPath}/sriov_numvfs`, '2');
    const before = world.card.state();
    await apply(world.session(), planOf(vlanStep([40, 41])));
    world.card.files.set(`${pfPath}/net/eth9/phys_port_name`, 'p0');
    const { result } = await rollback(world, world.session(), before);
    expect(result).toMatchObject({ failures: [] });
    expect([...world.card.vlans.values()]).toEqual([0, 0]);
  });

  it('restores a host even if its disk is full', async () => {
    const world = new FakeWorld();
    const before = world.card.state();
    await apply(world.session(), cardPlan());
    const session = world.session();
    const full = async () => {
      throw new StoreFailed('cannot append to /var/lib/vflane/journal: ENOSPC');
    };
    const events: ApplyEvent[] = [];
    const back = rollback(world, { ...session, store: { ...session.store, append: full } }, before, events);
    await expect(back).rejects.toThrow('ENOSPC');
    expect(world.card.state()).toBe(before);
    expect(events.filter((e) => e.kind === 'warning').length).toBeGreaterThan(5);
    expect((await fold(world)).open?.id).toBe(planId);
  });

  it('keeps answering for what remains', async () => {
    const world = new FakeWorld();
    const before = world.card.state();
    await apply(world.session(), planOf({ ...bondStep('bond0'), undo: [] }));
    const { clean } = await rollback(world, world.session(), before);
    expect(clean).toBe(false);
    expect([...(await fold(world)).ledger.entries.values()]).toEqual([
      { resource: 'bond', at: 'bond0', value: { mode: 'active-backup' }, was: null },
    ]);
  });

  it('leaves alone what has come into use since', async () => {
    const world = new FakeWorld();
    const undoGuard = [{ unused: { vf: { pf: pf as PciAddress, index: 1 } } }];
    await apply(world.session(), planOf({ ...numVfs(), undoGuard }));
    world.card.open = [{ path: '/dev/vfio/21', pid: 78, command: 'qemu-system-x86' }];
    const { result } = await rollback(world, world.session(), '');
    expect(result).toMatchObject({ stepsUndone: 0, failures: [{ n: 0 }] });
    expect(world.card.vlans.size).toBe(2);
  });

  it('leaves a guest the VLAN and the PF of a VF that it has taken since', async () => {
    const world = new FakeWorld();
    const plan = cardPlan();
    const undoGuard = [{ unused: { vf: { pf: pf as PciAddress, index: 0 } } }];
    const vf = `${pf}/0`;
    const steps = plan.steps.map((step) =>
      step.resource === 'vf-driver'
        ? { ...step, undoGuard, changes: step.changes.map((change) => ({ ...change, at: vf })) }
        : step,
    );
    await apply(world.session(), { ...plan, steps });
    world.card.open = [{ path: '/dev/vfio/20', pid: 78, command: 'qemu-system-x86' }];
    const { result } = await rollback(world, world.session(), '');
    expect(result).toMatchObject({ stepsUndone: 1, failures: [{ n: 3 }, { n: 2 }, { n: 1 }, { n: 0 }] });
    expect([...world.card.vlans]).toEqual([
      [0, 40],
      [1, 41],
    ]);
    expect(world.card.bonds.size).toBe(0);
  });
});

describe('commit-confirm', () => {
  const confirmWithinMs = 60_000;
  const armed = (world: FakeWorld, arm: (deadline: number) => Promise<void>, clock = world.clock) =>
    applyPlan({
      ...world.session(),
      clock,
      plan: cardPlan(),
      planId,
      verb: 'apply',
      bootId: 'boot-1',
      onEvent: () => {},
      confirmWithinMs,
      arm,
    });

  it('arms the way back before the first write', async () => {
    const world = new FakeWorld();
    const before = world.card.state();
    let seen = '';
    await armed(world, async () => {
      seen = world.card.state();
    });
    expect(seen).toBe(before);
  });

  it('does nothing if the way back cannot be armed', async () => {
    const world = new FakeWorld();
    const before = world.card.state();
    const host = world.session().host;
    const outcome = await armed(world, async () => {
      await host.run(['systemd-run']);
    });
    expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'arm', effect: 'none' } });
    expect(world.card.state()).toBe(before);
  });

  it('is due at the deadline, counted from the end of the apply, and not once confirmed', async () => {
    const world = new FakeWorld();
    await armed(world, async () => {});
    world.nowMs += 50_000;
    await finish({ ...world.session(), planId, plan: cardPlan() }, 'applied');
    const waiting = await fold(world);
    const deadline = waiting.unconfirmed?.deadline ?? 0;
    expect(deadline).toBeGreaterThan(world.nowMs + 59_000);
    expect(expired(waiting, { now: () => deadline - 1 })).toBeUndefined();
    expect(expired(waiting, { now: () => deadline })?.id).toBe(planId);
    await confirmPlan({ ...world.session(), planId });
    const settled = await fold(world);
    expect([settled.unconfirmed, settled.history.at(-1)?.outcome]).toEqual([undefined, 'applied']);
    expect(expired(settled, { now: () => deadline })).toBeUndefined();
  });

  it.each([-3_600_000, 3_600_000])(
    'is due at the same time where the clock is set by %d ms',
    async (setMs) => {
      const world = new FakeWorld();
      const clock = { ...world.clock, steady: () => world.nowMs - 1_000_000 };
      await armed(world, async () => {}, clock);
      await finish({ ...world.session(), planId, plan: cardPlan(), clock }, 'applied');
      const waiting = await fold(world);
      const later = (ms: number) => ({
        now: () => world.nowMs + ms + setMs,
        steady: () => clock.steady() + ms,
      });
      expect(expired(waiting, later(confirmWithinMs - 1_000))).toBeUndefined();
      expect(expired(waiting, later(confirmWithinMs))?.id).toBe(planId);
    },
  );

  it('can be taken back while it waits', async () => {
    const world = new FakeWorld();
    const before = world.card.state();
    await armed(world, async () => {});
    await finish({ ...world.session(), planId, plan: cardPlan() }, 'applied');
    expect((await rollback(world, world.session(), before)).clean).toBe(true);
    const after = await fold(world);
    expect([after.unconfirmed, after.ledger.entries.size, after.ledger.allocation]).toEqual([
      undefined,
      0,
      {},
    ]);
  });
});
