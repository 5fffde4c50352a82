import { describe, expect, it } from 'vitest';
import { StoreFailed } from '../host/store.ts';
import type { PciAddress } from '../model/names.ts';
import type { ApplyEvent } from './event.ts';
import { pf, pfPath } from './testing/fake-card.ts';
import { FakeWorld, Killed } from './testing/fake-world.ts';
import { attributeStep, bondStep, cardPlan, nothing, planOf, vlanStep } from './testing/plans.ts';
import { apply, fold, orKilled, planId, resume, rollback } from './testing/walks.ts';
import { applyPlan } from './walk.ts';

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

  it('stops at a false guard before any effect of the step, with nothing to undo', async () => {
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

  it('waits for the required effect, says so, and gives up with what it saw', async () => {
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

  it('asks each question once per round, however many probes share it', async () => {
    const world = new FakeWorld();
    world.card.write(`${pfPath}/sriov_numvfs`, '6');
    await apply(world.session(), planOf(vlanStep([1, 2, 3, 4, 5, 6])));
    expect(world.operations.filter((o) => o.startsWith('query'))).toHaveLength(1);
    expect(world.operations.filter((o) => o.startsWith('list'))).toHaveLength(1);
  });

  it('keeps the output of a successful command', async () => {
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

  it('shows what it was told to show, even if it is wrong', async () => {
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
