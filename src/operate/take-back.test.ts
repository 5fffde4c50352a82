import { expect, it } from 'vitest';
import { parseFabric } from '../fabric/parse-fabric.ts';
import { memoryStore } from '../host/memory-store.ts';
import { memorySim } from '../sim/open-sim.ts';
import { carryOut } from './carry-out.ts';
import { localSite } from './local-site.ts';
import { planFromFile } from './plan-host.ts';
import { takeBackIfDue, takeBackWhenDue } from './take-back.ts';

const text = `name: rack7
networks: { storage: { id: 42, subnet: 192.168.10.0/24 } }
hosts:
  alpha: { connect: "sim:connectx5", datapath: legacy-vlan, nic: "0000:03:00", vfs: 2, guests: {} }
`;

async function appliedUnconfirmed() {
  const host = memorySim({ name: 'alpha' });
  const workshop = { host, store: memoryStore(), clock: host.clock, self: ['vflane'] };
  const { fabric } = parseFabric(text, 'fabric.yaml');
  const [alpha] = fabric?.hosts ?? [];
  if (!fabric || !alpha) throw new Error('the fabric is wrong');
  const { plan } = await planFromFile(localSite(workshop), fabric, alpha, { allowDisruption: false });
  const request = { do: 'apply', plan, planId: 'p1', verb: 'apply', confirmWithinMs: 60_000 } as const;
  expect(await carryOut(workshop, request, () => {})).toMatchObject({ kind: 'applied' });
  return { host, workshop };
}

it('a timer that comes too early comes again, and takes the plan back in the end', async () => {
  const { host, workshop } = await appliedUnconfirmed();
  await host.clock.sleep(59_000);
  expect(await takeBackIfDue(workshop, 'p1')).toMatchObject({ isOver: false });
  const release = await workshop.store.lock();
  await host.clock.sleep(2_000);
  expect(await takeBackIfDue(workshop, 'p1')).toMatchObject({ outcome: { kind: 'locked' }, isOver: false });
  await release();
  expect(await takeBackIfDue(workshop, 'p1')).toMatchObject({
    outcome: { kind: 'rolled-back' },
    isOver: true,
  });
});

it('waits for the end of the time by itself, and leaves a confirmed plan', async () => {
  const first = await appliedUnconfirmed();
  expect(await takeBackWhenDue(first.workshop, 'p1')).toMatchObject({ kind: 'rolled-back' });
  const second = await appliedUnconfirmed();
  await carryOut(second.workshop, { do: 'confirm' }, () => {});
  expect(await takeBackWhenDue(second.workshop, 'p1')).toEqual({ kind: 'nothing-to-do' });
});
