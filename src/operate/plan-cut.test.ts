import { describe, expect, test } from 'vitest';
import { type Scenario, scenariosIn, setUpApplied } from '../../tests/support/scenario.ts';
import type { World } from '../../tests/support/world.ts';
import { type CutPort, planToCut } from './plan-cut.ts';
import { planFromFile } from './plan-host.ts';

const [legacy, tc, software] = ['namespace-guest', 'ovs-tc', 'software-ovs-tc'].map((name) => {
  const [scenario] = scenariosIn(name);
  if (!scenario) throw new Error(`no scenario ${name}`);
  return scenario;
}) as [Scenario, Scenario, Scenario];

const cases: readonly (readonly [string, Scenario, CutPort])[] = [
  ['a PF whose VFs guests have', legacy, { resource: 'pf-up', at: '0000:03:00.0' }],
  ['a PF of a bond', tc, { resource: 'pf-up', at: '0000:03:00.0' }],
  ['a netdev of a host without a card', software, { resource: 'underlay-link', at: 'eth1' }],
];

/** Flags of every netdev of the host. */
async function up(world: World): Promise<unknown> {
  const { stdout } = await world.process().reader.query(['ip', '-j', '-d', 'link', 'show']);
  const links = JSON.parse(stdout) as readonly {
    readonly ifname: string;
    readonly flags: readonly string[];
  }[];
  return links.map(({ ifname, flags }) => [ifname, flags.includes('UP')]);
}

describe('a port is taken down for a test', () => {
  test.each(cases)('%s: only that, and the journal brings it back', async (_what, scenario, port) => {
    const { world } = await setUpApplied(scenario);
    const site = world.process();
    const before = await up(world);
    const { plan } = await planToCut(site, scenario.host, port);
    expect(plan.findings).toEqual([]);
    expect(plan.steps.flatMap(({ changes }) => changes)).toMatchObject([{ ...port }]);
    const cut = { do: 'apply', plan, planId: 'cut', verb: 'test failover', confirmWithinMs: 60_000 } as const;
    expect(await site.carryOut(cut, () => {})).toMatchObject({ kind: 'applied' });
    expect(await up(world)).not.toEqual(before);
    expect(await site.carryOut({ do: 'rollback' }, () => {})).toMatchObject({ kind: 'rolled-back' });
    expect(await up(world)).toEqual(before);
    const { plan: left } = await planFromFile(site, scenario.fabric, scenario.host, {
      allowDisruption: false,
    });
    expect(left.steps).toEqual([]);
  });
});
