import { expect, test } from 'vitest';
import { scenariosIn, setUpApplied } from '../../tests/support/scenario.ts';
import { cutByPlan, giveBack } from './admin-cut.ts';
import { planToCut } from './plan-cut.ts';
import type { Site } from './site.ts';

const [scenario] = scenariosIn('software-ovs-tc');
if (!scenario) throw new Error('no such scenario');
const port = { resource: 'underlay-link', at: 'eth1' } as const;

/** The operator's ssh session ends at the tunnel's address, which stands on the bond of eth1 and eth2. */
function cameInBy(site: Site, address: string): Site {
  const { reader } = site;
  const readFile: Site['reader']['readFile'] = async (path) =>
    path === '/proc/self/environ'
      ? `SSH_CONNECTION=192.0.2.1 40000 ${address} 22\0PATH=/bin\0`
      : reader.readFile(path);
  const wrapped = Object.assign(Object.create(reader) as typeof reader, { readFile });
  for (const ask of ['query', 'readLink', 'listDir', 'openFiles'] as const)
    Object.assign(wrapped, { [ask]: reader[ask].bind(reader) });
  return { ...site, reader: wrapped };
}

test('a port over which the operator is connected is not taken down', async () => {
  const { world } = await setUpApplied(scenario);
  const site = cameInBy(world.process(), '192.168.9.1');
  const outcome = await cutByPlan(site, scenario.host, port);
  expect(outcome).toMatchObject({ kind: 'refused', findings: [{ code: 'VF6010' }] });
  expect(await giveBack(site)).toEqual({ kind: 'nothing-to-do' });
});

test('a port that is already down cannot be failed over from', async () => {
  const { world } = await setUpApplied(scenario);
  await world.machine.run(['ip', 'link', 'set', 'dev', 'eth1', 'down']);
  const outcome = await cutByPlan(world.process(), scenario.host, port);
  expect(outcome).toMatchObject({ kind: 'refused', findings: [{ code: 'VF6011' }] });
});

test('a port is brought up again, but not what somebody else has applied meanwhile', async () => {
  const { world } = await setUpApplied(scenario);
  const site = world.process();
  expect(await cutByPlan(site, scenario.host, port)).toMatchObject({ kind: 'applied' });
  expect(await giveBack(site)).toMatchObject({ kind: 'rolled-back' });
  const { plan } = await planToCut(site, scenario.host, port);
  const theirs = { do: 'apply', plan, planId: 'theirs', verb: 'apply', confirmWithinMs: 60_000 } as const;
  expect(await site.carryOut(theirs, () => {})).toMatchObject({ kind: 'applied' });
  expect(await giveBack(site)).toEqual({ kind: 'nothing-to-do' });
  expect((await site.fold()).unconfirmed?.id).toBe('theirs');
});

test('on a simulated host nothing is measured', async () => {
  const { world } = await setUpApplied(scenario);
  const request = {
    place: { in: 'host' },
    program: { name: 'ping', to: '10.0.0.1', count: 1 },
    timeoutMs: 1_000,
  } as const;
  const measured = await world.process().measure(request, () => {});
  expect(measured).toMatchObject({ kind: 'refused', findings: [{ code: 'VF6000' }] });
});
