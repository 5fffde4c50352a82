import { describe, expect, test } from 'vitest';
import { type Scenario, scenariosIn, setUpApplied } from '../../tests/support/scenario.ts';
import type { World } from '../../tests/support/world.ts';
import type { GuestName, IfName } from '../model/names.ts';
import { borrowMtu, giveBackMtu } from './borrow-mtu.ts';
import { planFromFile } from './plan-host.ts';

function scenarioOf(name: string): Scenario {
  const [scenario] = scenariosIn(name);
  if (!scenario) throw new Error(`no scenario ${name}`);
  return scenario;
}

const cases = [
  ['a bond over two VFs', 'namespace-guest'],
  ['the one VF of an overlay', 'ovs-tc'],
  ['a veth', 'software-ovs-tc'],
] as const;

function netdevOf({ host }: Scenario) {
  const guest = host.guests.find(({ kind }) => kind === 'netns');
  const [attachment] = guest?.attachments ?? [];
  if (!guest || !attachment) throw new Error('no namespace guest');
  return { namespace: guest.name as GuestName, netdev: attachment.network as string as IfName };
}

async function mtus(world: World, namespace: string): Promise<Record<string, number>> {
  const { stdout } = await world.process().reader.query(['ip', '-n', namespace, '-j', 'link', 'show']);
  const links = JSON.parse(stdout) as readonly { readonly ifname: string; readonly mtu: number }[];
  return Object.fromEntries(links.map(({ ifname, mtu }) => [ifname, mtu]));
}

describe.each(cases)('%s gets another MTU for a benchmark', (_what, name) => {
  const scenario = scenarioOf(name);
  const netdev = netdevOf(scenario);
  const lasting = { mtu: 1280, withinMs: 60_000 };

  test('and gets its own back, with nothing left to do', async () => {
    const { world } = await setUpApplied(scenario);
    const site = world.process();
    const before = await mtus(world, netdev.namespace);
    const { outcome, planId } = await borrowMtu(site, scenario.host, [netdev], lasting);
    expect(outcome).toMatchObject({ kind: 'applied' });
    expect(await mtus(world, netdev.namespace)).toMatchObject({ [netdev.netdev]: 1280 });
    expect(await giveBackMtu(site, planId)).toMatchObject({ kind: 'rolled-back' });
    expect(await mtus(world, netdev.namespace)).toEqual(before);
    const { plan } = await planFromFile(site, scenario.fabric, scenario.host, { allowDisruption: false });
    expect(plan.steps).toEqual([]);
  });

  test('even if nobody is left to give it back', async () => {
    const { world } = await setUpApplied(scenario);
    const before = await mtus(world, netdev.namespace);
    const { planId } = await borrowMtu(world.process(), scenario.host, [netdev], lasting);
    // What the timer on the host does, once its time is over.
    const late = world.process();
    expect(await late.carryOut({ do: 'rollback' }, () => {})).toMatchObject({ kind: 'rolled-back' });
    expect(await mtus(world, netdev.namespace)).toEqual(before);
    expect(await giveBackMtu(late, planId)).toEqual({ kind: 'nothing-to-do' });
  });
});

test('a plan of somebody else’s that waits to be confirmed is not taken back', async () => {
  const scenario = scenarioOf('namespace-guest');
  const { world } = await setUpApplied(scenario);
  const site = world.process();
  const first = await borrowMtu(site, scenario.host, [netdevOf(scenario)], { mtu: 1280, withinMs: 60_000 });
  expect(await giveBackMtu(site, 'somebody-else')).toEqual({ kind: 'nothing-to-do' });
  const second = await borrowMtu(site, scenario.host, [netdevOf(scenario)], { mtu: 1400, withinMs: 60_000 });
  expect(second.outcome).toMatchObject({ kind: 'refused', findings: [{ code: 'VF3011' }] });
  expect(await giveBackMtu(site, first.planId)).toMatchObject({ kind: 'rolled-back' });
});
