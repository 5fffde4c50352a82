import { describe, expect, test } from 'vitest';
import { outcomeFindings } from '../src/cli/outcome-findings.ts';
import type { Outcome } from '../src/model/outcome.ts';
import { endVswitchd } from '../src/sim/ovs/service.ts';
import type { SimHost } from '../src/sim/sim-host.ts';
import { dump, dumpDifference } from './support/dump.ts';
import {
  applyScenario,
  carryOutPlan,
  planOf,
  type Scenario,
  scenariosIn,
  setUp,
  wayBack,
} from './support/scenario.ts';
import type { Meddling, World } from './support/world.ts';

const [scenario] = scenariosIn('ovs-tc') as [Scenario];
const [dpdk] = scenariosIn('ovs-dpdk') as [Scenario];

const isMakingPorts = (argv: readonly string[]) => argv.includes('add-port');
const isSettingFlows = (argv: readonly string[]) => argv[0] === 'ovs-ofctl';
/** The command after the bond is made, before the card is asked for the result. */
const isAskingForBond = (argv: readonly string[]) => argv.join(' ') === 'ip -j -d link show dev bond0';
const isGivingMacs = (_argv: readonly string[], stdin: string) => /vf 0 mac/.test(stdin);
const asked = (line: string) => (machine: SimHost) => machine.run(line.split(' '));

async function meddled(
  before: Meddling['before'],
  act: (machine: SimHost) => Promise<unknown>,
  which: Scenario = scenario,
): Promise<{
  readonly start: World;
  readonly world: World;
  readonly outcome: Outcome;
  readonly said: string;
}> {
  const { world } = await setUp(which);
  const start = world.clone();
  world.meddling = { before, act };
  const outcome = await applyScenario(world, which);
  expect(world.meddling).toBeUndefined();
  const said = outcomeFindings('alpha', outcome).map(({ message, hint }) => `${message} ${hint}`);
  return { start, world, outcome, said: said.join('\n') };
}

function expectSame(before: World, after: World): void {
  expect(dumpDifference(dump(before.state), dump(after.state))).toEqual([]);
}

/** What an operator does next: starts Open vSwitch again, and destroys everything of vflane's. */
async function startAndDestroy(world: World): Promise<void> {
  await world.machine.run(['systemctl', 'start', 'openvswitch-switch']);
  const plan = await wayBack(world, scenario, 'destroy');
  if (plan && plan.steps.length > 0) {
    expect(await carryOutPlan(world.process(), plan, 'destroy', 'gone')).toMatchObject({ kind: 'applied' });
  }
}

describe('Open vSwitch goes away in the middle of an apply', () => {
  test.each([
    ['before there are ports', isMakingPorts, 'ovs-setting hw-offload'],
    ['before there are flows', isSettingFlows, 'bridge br-storage'],
  ])(
    'its database, %s: what is in it remains, is named, and goes once it runs again',
    async (_when, before, remaining) => {
      const { start, world, outcome, said } = await meddled(
        before,
        asked('systemctl stop openvswitch-switch'),
      );
      expect(outcome.kind).toBe('rollback-incomplete');
      expect(said).toContain('database connection failed');
      expect(said).toContain(remaining);
      expect(said).toContain('systemctl start openvswitch-switch');
      const { pfs, netdevs, namespaces } = world.state;
      const left = { pfs, netdevs: netdevs.map(({ name }) => name), namespaces };
      expect(left.netdevs).not.toContain('bond0');
      expect(left.pfs.map(({ eswitch }) => eswitch)).toEqual(['legacy', 'legacy']);
      await startAndDestroy(world);
      expectSame(start, world);
    },
  );

  test.each([
    ['before there are ports', isMakingPorts],
    ['before there are flows', isSettingFlows],
  ])(
    'its daemon, %s: all of it is taken back, and the message says who did not answer',
    async (_when, before) => {
      const { world, outcome, said } = await meddled(before, async (machine) => machine.alter(endVswitchd));
      expect(outcome.kind).toBe('rolled-back');
      expect(said).toContain('ovs-vswitchd does not answer');
      expect((await planOf(world, scenario)).plan.findings.map(({ code }) => code)).not.toContain('VF3010');
    },
  );
});

describe('a LAG that is not made', () => {
  test.each([
    ['at all', { type: 'none', sharedFdb: false }, 'lag/state', '"disabled"'],
    ['but a RoCE LAG', { type: 'roce', sharedFdb: false }, 'lag/type', '"roce"'],
  ] as const)(
    '%s: the deadline ends it, with what was seen and where to look',
    async (_what, lag, file, saw) => {
      const { start, world, outcome, said } = await meddled(isAskingForBond, async ({ state }) => {
        state.lag = { ...lag };
      });
      expect(outcome.kind).toBe('rolled-back');
      expect(said).toContain('not so after 30 s');
      expect(said).toContain(`${file} is`);
      expect(said).toContain(`saw: ${saw}`);
      expect(said).toContain('dmesg | grep -i');
      expectSame(start, world);
    },
  );
});

describe('representors', () => {
  test('made again before their ports: the port and its error are reported, once', async () => {
    const { outcome, said } = await meddled(isMakingPorts, async (machine) => {
      await machine.run(['ip', 'link', 'set', 'dev', 'ceph1-9fbeca', 'down']);
      await machine.run(['ip', 'link', 'set', 'dev', 'ceph1-9fbeca', 'name', 'pf0vf0']);
    });
    expect(outcome.kind).toBe('rolled-back');
    expect(said.match(/could not open network device ceph1-9fbeca/g)).toHaveLength(1);
    expect(said).toContain('ovs-vswitchd.log');
  });

  test('two with one port of the switch: neither is used', async () => {
    const { outcome, said } = await meddled(isGivingMacs, async ({ state }) => {
      const one = state.netdevs.find(({ vf, pci }) => vf === 0 && pci === '0000:03:00.0');
      if (one) state.netdevs.push({ ...structuredClone(one), ifindex: 900, name: 'twin' });
    });
    expect(outcome.kind).toBe('rolled-back');
    expect(said).toContain('representor of VF 0 of 0000:03:00.0: 2 match');
    expect(said).toContain('phys_port_name');
  });

  test('that never appear: awaited, and the error says what was looked for', async () => {
    const { outcome, said } = await meddled(isGivingMacs, async ({ state }) => {
      state.netdevs = state.netdevs.filter(({ vf, pci }) => vf !== 0 || pci !== '0000:03:00.0');
    });
    expect(outcome.kind).toBe('rolled-back');
    expect(said).toContain('representor of VF 0 of 0000:03:00.0: none there (after 5 s)');
  });
});

describe('hugepages that the kernel does not give', () => {
  test('are read back: the wanted and the actual number are reported, and all is taken back', async () => {
    const isNamingCard = (argv: readonly string[]) => argv[0] === 'rdma';
    const eat = async ({ state }: SimHost) => {
      state.hugepages['1048576'] = 55;
    };
    const { start, world, outcome, said } = await meddled(isNamingCard, eat, dpdk);
    expect(outcome.kind).toBe('rolled-back');
    expect(said).toMatch(/nr_hugepages is "\d+"; saw: "512"/);
    expect(said).toContain('hugepages=N on the kernel command line');
    start.state.hugepages['1048576'] = 55;
    expectSame(start, world);
  });
});

describe('a port that Open vSwitch loses later', () => {
  test('is a difference that names it, and says why', async () => {
    const { world } = await setUp(scenario);
    expect(await applyScenario(world, scenario)).toMatchObject({ kind: 'applied' });
    await world.machine.run(['ip', 'link', 'set', 'dev', 'ceph1-9fbeca', 'down']);
    await world.machine.run(['ip', 'link', 'set', 'dev', 'ceph1-9fbeca', 'name', 'elsewhere']);
    await world.machine.run(['systemctl', 'restart', 'ovs-vswitchd']);
    const { differences } = await planOf(world, scenario);
    const port = differences.find(({ resource }) => resource === 'bridge-port');
    expect(port?.at).toBe('br-storage/ceph1-9fbeca');
    expect(JSON.stringify(port?.have)).toContain('could not open network device ceph1-9fbeca');
    expect(await applyScenario(world, scenario, 'again')).toMatchObject({ kind: 'applied' });
    expect((await planOf(world, scenario)).differences).toEqual([]);
  });
});
