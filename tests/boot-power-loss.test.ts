import { describe, expect, test } from 'vitest';
import { bootPlaces } from '../src/model/boot.ts';
import { readBootDocument } from '../src/operate/boot-document.ts';
import { planFromDocument } from '../src/operate/plan-host.ts';
import { isFull, isWide } from './support/breadth.ts';
import { enable } from './support/enabled.ts';
import { applyFile, planOf, type Scenario, scenariosIn, setUp } from './support/scenario.ts';
import type { World } from './support/world.ts';

/** Scenarios with an earlier apply; together they change guests, settings, pools and datapaths. */
const names = [
  'guest-added',
  'guest-removed',
  'vlan-changed',
  'pool-grown',
  'ovs-tc-guest-added',
  'ovs-tc-becomes-legacy-vlan',
];

const quick = ['vlan-changed', 'ovs-tc-guest-added'];
const scenarios = (isWide ? names : quick).flatMap((name) => scenariosIn(name).slice(0, 1));
/** Tries every n-th place in a plan. */
const stride = isFull ? 1 : isWide ? 5 : 11;

/** A host enabled with the earlier file. */
async function start(scenario: Scenario): Promise<{ readonly world: World; readonly former: Scenario }> {
  const { world } = await setUp(scenario);
  const former = { ...scenario, ...scenario.before, options: { allowDisruption: true } } as Scenario;
  const outcome = await enable(world, former);
  if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome).slice(0, 900));
  return { world, former };
}

/** The host remembers one of the two files, and has nothing left to do for it. */
async function judge(world: World, former: Scenario, asked: Scenario): Promise<readonly string[]> {
  const { report, outcome } = await world.restart();
  if (report.outcome !== 'as-asked') return [`started: ${JSON.stringify(outcome).slice(0, 600)}`];
  const text = world.state.files[bootPlaces.document] ?? '';
  const document = readBootDocument(text);
  if (!document) return [`no document: ${text.slice(0, 80)}`];
  const own = await planFromDocument(world.process(), document, { allowDisruption: false });
  const left = own.differences.map(({ resource, at }) => `left: ${resource} ${at}`);
  const [isFormer, isAsked] = await Promise.all(
    [former, asked].map(async (file) => (await planOf(world, file)).differences.length === 0),
  );
  const { open, history } = await world.process().fold();
  const kept = history.find(({ id }) => id === 'asked')?.outcome === 'applied';
  return [
    ...left,
    ...(open ? ['a plan is still open'] : []),
    ...(kept && !isAsked ? ['the file was applied, and is not in force'] : []),
    ...(!kept && !isFormer ? ['the file was not applied, and the one before is not in force'] : []),
  ];
}

describe('power lost at a command of an apply', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      const { world: base, former } = await start(scenario);
      const asked = { ...scenario, options: { allowDisruption: true } };
      const wrong: string[] = [];
      const dry = base.clone();
      dry.state.log = [];
      const done = await applyFile(dry, asked.fabric, asked.host, asked.options, 'asked');
      expect(done.kind).toBe('applied');
      const places = dry.state.log.length;
      expect(places).toBeGreaterThan(2);
      for (let at = 1; at <= places; at += stride) {
        const world = base.clone();
        world.fail({ at, how: 'kill', after: ((at / stride) | 0) % 2 === 0 });
        await applyFile(world, asked.fabric, asked.host, asked.options, 'asked').catch(() => undefined);
        world.state.faults = [];
        for (const line of await judge(world, former, asked)) wrong.push(`${at}/${places}: ${line}`);
      }
      expect(wrong).toEqual([]);
    },
  );
});

describe('power lost at a write to the journal', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      const { world: base, former } = await start(scenario);
      const asked = { ...scenario, options: { allowDisruption: true } };
      const wrong: string[] = [];
      for (let at = 1; ; at += stride) {
        const world = base.clone();
        world.storeFault = { at, how: 'kill', after: ((at / stride) | 0) % 2 === 0 };
        await applyFile(world, asked.fabric, asked.host, asked.options, 'asked').catch(() => undefined);
        if (world.storeFault !== undefined) break;
        for (const line of await judge(world, former, asked)) wrong.push(`write ${at}: ${line}`);
      }
      expect(wrong).toEqual([]);
    },
  );
});

describe('power lost while the host brings itself back', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      const { world: base, former } = await start(scenario);
      const wrong: string[] = [];
      for (let at = 1; ; at += 2 * stride) {
        const world = base.clone();
        world.fail({ at, how: 'kill', after: ((at / stride) | 0) % 2 === 0 });
        const first = await world.restart().catch(() => undefined);
        if (first) break;
        world.state.faults = [];
        for (const line of await judge(world, former, former)) wrong.push(`${at}: ${line}`);
      }
      expect(wrong).toEqual([]);
    },
  );
});

test('power lost during enable: the host is enabled or not, and can be', async () => {
  const [scenario] = scenariosIn('ovs-dpdk') as [Scenario];
  const { world: base } = await setUp(scenario);
  expect((await applyFile(base, scenario.fabric, scenario.host, scenario.options, 'applied')).kind).toBe(
    'applied',
  );
  const files = Object.keys(base.state.files);
  for (let at = 1; ; at += isWide ? 1 : 4) {
    const world = base.clone();
    world.fail({ at, how: 'kill', after: at % 2 === 0 });
    const ended = await enable(world, scenario).catch(() => undefined);
    if (ended) break;
    world.state.faults = [];
    // If systemd does not start the unit yet, nothing has looked since.
    const booted = await world.restart().catch(() => undefined);
    if (booted) {
      expect(booted.report.outcome, JSON.stringify(booted.report)).toBe('as-asked');
      const left = Object.keys(world.state.files).filter((path) => !files.includes(path));
      expect(left.filter((path) => path.includes('boot'))).toEqual([]);
    }
    if (at % 3 !== 0) continue;
    expect(await enable(world, scenario, 'again'), `${at}`).toMatchObject({ kind: 'applied' });
    expect((await world.restart()).report.outcome).toBe('as-asked');
    expect((await planOf(world, scenario)).differences).toEqual([]);
  }
});

describe('a plan that was not confirmed before a reboot', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      const { world, former } = await start(scenario);
      const site = world.process();
      const asked = { ...scenario, options: { allowDisruption: true } };
      const { plan } = await planOf(world, asked);
      const request = { do: 'apply', plan, planId: 'asked', verb: 'apply', confirmWithinMs: 60_000 } as const;
      expect((await site.carryOut(request, () => {})).kind).toBe('applied');
      expect(await judge(world, former, asked)).toEqual([]);
      expect((await planOf(world, former)).differences).toEqual([]);
      expect((await world.process().fold()).unconfirmed).toBeUndefined();
    },
  );
});
