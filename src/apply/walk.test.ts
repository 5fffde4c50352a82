import { describe, expect, it } from 'vitest';
import { StoreFailed } from '../host/store.ts';
import type { PciAddress } from '../model/names.ts';
import type { ApplyEvent } from './event.ts';
import { expired } from './fold.ts';
import { pf, pfPath } from './testing/fake-card.ts';
import { FakeWorld, Killed } from './testing/fake-world.ts';
import { attributeStep, bondStep, cardPlan, nothing, planOf, vlanStep } from './testing/plans.ts';
import { apply, fold, orKilled, planId, resume, rollback } from './testing/walks.ts';
import { applyPlan, confirmPlan, finish } from './walk.ts';

const numVfs = () => attributeStep('num-vfs', `${pfPath}/sriov_numvfs`, '0', '2');

describe('walking a plan', () => {
  it('takes the steps in their order and writes each down before and after', async () => {
    const world = new FakeWorld();
    const session = world.session();
    expect(await apply(session, cardPlan())).toEqual({ kind: 'applied', stepsDone: 5 });
    const told = world.operations.filter((o) => /^(write|run|put)/.test(o) || o.includes('"phase"'));
    expect(told.map((o) => /"phase":"\w+"/.exec(o)?.[0] ?? o)).toEqual([
      'put plan-p1.json',
      '"phase":"start"',
      `write ${pfPath}/sriov_drivers_autoprobe 0`,
      '"phase":"done"',
      '"phase":"start"',
      `write ${pfPath}/sriov_numvfs 2`,
      '"phase":"done"',
      '"phase":"start"',
      'run ip -batch -',
      '"phase":"done"',
      '"phase":"start"',
      'write /sys/bus/pci/devices/0000:03:00.2/driver_override vfio-pci',
      '"phase":"done"',
      '"phase":"start"',
      'run ip link add bond0 type bond',
      'run ip link set bond0 up',
      '"phase":"done"',
    ]);
    expect(world.card.vlans).toEqual(
      new Map([
        [0, 40],
        [1, 41],
      ]),
    );
  });

  it('stops at a false guard before any effect of the step, and there is nothing of it to undo', async () => {
    const world = new FakeWorld();
    world.card.bonds.set('bond0', true);
    const before = world.card.state();
    const outcome = await apply(world.session(), planOf(bondStep('bond0')));
    expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'guard', effect: 'none' } });
    expect(outcome.kind === 'failed' && outcome.failure.message).toContain('ip -j link show › ifname=bond0');
    await rollback(world, world.session(), before);
    expect(world.card.bonds.has('bond0')).toBe(true);
    expect((await fold(world)).ledger.entries.size).toBe(0);
  });

  it('names the guest that holds a VF, and does not take it', async () => {
    const world = new FakeWorld();
    world.card.write(`${pfPath}/sriov_numvfs`, '2');
    world.card.open = [{ path: '/dev/vfio/20', pid: 77, command: 'qemu-system-x86' }];
    const gone = attributeStep('num-vfs', `${pfPath}/sriov_numvfs`, '2', '0');
    const guard = [{ unused: { vf: { pf: pf as PciAddress, index: 0 } } }];
    const outcome = await apply(world.session(), planOf({ ...gone, guard }));
    expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'guard' } });
    expect(outcome.kind === 'failed' && outcome.failure.message).toContain(
      'qemu-system-x86 (pid 77) through /dev/vfio/20',
    );
    expect(world.card.vlans.size).toBe(2);
  });

  it('waits for what must follow, tells so, and gives up with what it saw', async () => {
    const world = new FakeWorld();
    const step = numVfs();
    const lie = { ...step, actions: [], settle: { ...step.settle, timeoutMs: 3000 } };
    const events: ApplyEvent[] = [];
    const startedAt = world.nowMs;
    const outcome = await apply(world.session(), planOf(lie), events);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'settle', effect: 'unknown' } });
    expect(outcome.kind === 'failed' && outcome.failure.unmet).toEqual([
      { wanted: `${pfPath}/sriov_numvfs is "2"`, saw: '"0"' },
    ]);
    expect(world.nowMs - startedAt).toBeGreaterThanOrEqual(3000);
    expect(world.nowMs - startedAt).toBeLessThan(4000);
    expect(events.filter((e) => e.kind === 'settle-waiting')).toHaveLength(1);
  });

  it('asks one question once a round, however many probes share it', async () => {
    const world = new FakeWorld();
    world.card.write(`${pfPath}/sriov_numvfs`, '6');
    await apply(world.session(), planOf(vlanStep([1, 2, 3, 4, 5, 6])));
    expect(world.operations.filter((o) => o.startsWith('query'))).toHaveLength(1);
    expect(world.operations.filter((o) => o.startsWith('list'))).toHaveLength(1);
  });

  it('keeps what a command that worked had to say', async () => {
    const world = new FakeWorld();
    const session = world.session();
    const said = 'Warning: mlx5_core: Can’t activate LAG offload, PF is configured with more than 64 VFs.';
    const host = { ...session.host, run: async () => ({ stdout: '', stderr: said }) };
    const events: ApplyEvent[] = [];
    const step = { ...nothing, actions: [{ run: ['ip', 'link', 'set', 'eth0', 'master', 'bond0'] }] };
    await apply({ ...session, host }, planOf(step), events);
    expect(events).toContainEqual({
      kind: 'warning',
      n: 0,
      message: `ip link set eth0 master bond0: ${said}`,
    });
  });

  it('does nothing that it could not write down first', async () => {
    const world = new FakeWorld();
    const session = world.session();
    const append = async (record: string) => {
      if (record.includes('"n":2')) throw new StoreFailed('cannot append to /var/lib/vflane/journal: ENOSPC');
      await session.store.append(record);
    };
    const outcome = await apply({ ...session, store: { ...session.store, append } }, cardPlan());
    expect(outcome).toMatchObject({
      kind: 'failed',
      stepsDone: 2,
      failure: { kind: 'journal', n: 2, effect: 'none' },
    });
    expect([...world.card.vlans.values()]).toEqual([0, 0]);
  });

  it('shows what it was told to show, though it be wrong', async () => {
    const world = new FakeWorld();
    const events: ApplyEvent[] = [];
    const show = [{ read: `${pfPath}/sriov_numvfs`, is: '9' }];
    await apply(world.session(), planOf({ ...nothing, settle: { ...nothing.settle, show } }), events);
    expect(events.find((e) => e.kind === 'step-done')).toMatchObject({ shown: [{ saw: '"0"' }] });
  });

  it('stops between two steps when asked to, and goes on from there', async () => {
    const world = new FakeWorld();
    const session = world.session();
    const stop = new AbortController();
    const outcome = await applyPlan({
      ...session,
      plan: cardPlan(),
      planId,
      verb: 'apply',
      bootId: 'boot-1',
      signal: stop.signal,
      onEvent: (event) => event.kind === 'step-done' && event.n === 1 && stop.abort(),
    });
    expect(outcome).toEqual({ kind: 'interrupted', stepsDone: 2 });
    expect(await resume(world, world.session())).toEqual({ kind: 'applied', stepsDone: 5 });
    expect(world.card.bonds.has('bond0')).toBe(true);
  });

  it('does not disturb again what was done when it was killed', async () => {
    const world = new FakeWorld();
    const dying = world.session();
    const run = async () => {
      await dying.host.run(['ip', 'link', 'add', 'bond0']);
      await dying.host.run(['ip', 'link', 'set', 'bond0', 'up']);
      throw new Killed();
    };
    await orKilled(apply({ ...dying, host: { ...dying.host, run } }, planOf(bondStep('bond0'))));
    expect(await resume(world, world.session())).toEqual({ kind: 'applied', stepsDone: 1 });
    expect(world.operations.filter((o) => o.startsWith('run'))).toEqual([]);
  });

  it('replays nothing after a reboot', async () => {
    const world = new FakeWorld();
    await apply(world.session(), cardPlan());
    expect(await resume(world, world.session(), 'boot-2')).toEqual({ kind: 'rebooted' });
    expect(world.operations.filter((o) => !o.startsWith('append'))).toEqual([]);
  });
});

describe('rolling back', () => {
  it('goes on past an undo that fails, and tells which', async () => {
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

  it('uses the name it was done with, where that has become one of several', async () => {
    const world = new FakeWorld();
    world.card.write(`${pfPath}/sriov_numvfs`, '2');
    const before = world.card.state();
    await apply(world.session(), planOf(vlanStep([40, 41])));
    world.card.files.set(`${pfPath}/net/eth9/phys_port_name`, 'p0');
    const { result } = await rollback(world, world.session(), before);
    expect(result).toMatchObject({ failures: [] });
    expect([...world.card.vlans.values()]).toEqual([0, 0]);
  });

  it('puts a host right though its disk is full', async () => {
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

  it('leaves alone what came into use since', async () => {
    const world = new FakeWorld();
    const undoGuard = [{ unused: { vf: { pf: pf as PciAddress, index: 1 } } }];
    await apply(world.session(), planOf({ ...numVfs(), undoGuard }));
    world.card.open = [{ path: '/dev/vfio/21', pid: 78, command: 'qemu-system-x86' }];
    const { result } = await rollback(world, world.session(), '');
    expect(result).toMatchObject({ stepsUndone: 0, failures: [{ n: 0 }] });
    expect(world.card.vlans.size).toBe(2);
  });
});

describe('commit-confirm', () => {
  const confirmWithinMs = 60_000;
  const armed = (world: FakeWorld, arm: (deadline: number) => Promise<void>) =>
    applyPlan({
      ...world.session(),
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

  it('does nothing where the way back cannot be armed', async () => {
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
    await finish({ ...world.session(), planId }, 'applied');
    const waiting = await fold(world);
    const deadline = waiting.unconfirmed?.deadline ?? 0;
    expect(deadline).toBeGreaterThan(world.nowMs + 59_000);
    expect(expired(waiting, deadline - 1)).toBeUndefined();
    expect(expired(waiting, deadline)?.id).toBe(planId);
    await confirmPlan({ ...world.session(), planId });
    const settled = await fold(world);
    expect([settled.unconfirmed, settled.history.at(-1)?.outcome]).toEqual([undefined, 'applied']);
    expect(expired(settled, deadline)).toBeUndefined();
  });

  it('can be taken back while it waits', async () => {
    const world = new FakeWorld();
    const before = world.card.state();
    await armed(world, async () => {});
    await finish({ ...world.session(), planId }, 'applied');
    expect((await rollback(world, world.session(), before)).clean).toBe(true);
    const after = await fold(world);
    expect([after.unconfirmed, after.ledger.entries.size, after.ledger.allocation]).toEqual([
      undefined,
      0,
      {},
    ]);
  });
});
