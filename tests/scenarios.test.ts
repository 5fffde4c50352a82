import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planJson } from '../src/cli/plan-json.ts';
import { wrongInPlan } from '../src/cli/plan-shape.ts';
import type { Plan } from '../src/model/plan.ts';
import { printPlan } from '../src/plan/print.ts';
import { reboot } from '../src/sim/boot.ts';
import { endProcess } from '../src/sim/processes.ts';
import { firstOfEach, shapeAsked } from './support/breadth.ts';
import { asFileSees, dump, dumpDifference } from './support/dump.ts';
import {
  allScenarios,
  applyScenario,
  carryOutPlan,
  errorsIn,
  goldenOf,
  planOf,
  type Scenario,
  scenarioFolders,
  scenariosIn,
  setUp,
  setUpApplied,
  wayBack,
} from './support/scenario.ts';
import { mentions, untouchedGuests } from './support/untouched.ts';
import type { World } from './support/world.ts';

/** Each scenario's plan, made once, and whether making it changed the host. */
const plans = new Map<Scenario, { readonly plan: Plan; readonly changed: number }>();
for (const scenario of allScenarios) {
  const { world } = await setUp(scenario);
  const asked = world.state.log.length;
  const { plan } = await planOf(world, scenario);
  plans.set(scenario, { plan, changed: world.state.log.length - asked });
}

function plannedFor(scenario: Scenario) {
  const planned = plans.get(scenario);
  if (!planned) throw new Error(`${scenario.name} was not planned`);
  return planned;
}

function goldenText(name: string): string {
  const lines: string[] = [];
  for (const scenario of scenariosIn(name)) {
    const { plan } = plannedFor(scenario);
    lines.push(...printPlan(plan, { full: true }));
    for (const { code, severity, where, message, hint } of plan.findings) {
      const place = where.line === undefined ? '' : ` ${where.file}:${where.line}:${where.col}`;
      lines.push(`${severity} ${code}${place}: ${message}`, `    hint: ${hint}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

describe('the plan is the one that was reviewed', () => {
  test.each(scenarioFolders)('%s', (name) => {
    const text = goldenText(name);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(goldenOf(name), text);
    const golden = existsSync(goldenOf(name)) ? readFileSync(goldenOf(name), 'utf8') : '';
    expect(text).toBe(golden);
  });
});

describe('a plan', () => {
  test.each(allScenarios)('$name: is the same twice, and as JSON', async (scenario) => {
    const { plan, changed } = plannedFor(scenario);
    const { world } = await setUp(scenario);
    expect((await planOf(world, scenario)).plan).toEqual(plan);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    const written = { schema: 'vflane.plan/1', hosts: [planJson(plan)], findings: plan.findings };
    expect(wrongInPlan(JSON.parse(JSON.stringify(written)))).toBeUndefined();
    expect(changed).toBe(0);
  });
});

/** Scenarios whose plan can be applied, and those whose plan is refused. */
const isRefused = (scenario: Scenario) => errorsIn(plannedFor(scenario).plan).length > 0;
const applicable = allScenarios.filter((scenario) => !isRefused(scenario));
const refused = allScenarios.filter(isRefused);

/** One of all hosts for which a reboot is the same: only what the file wants remains, whatever was there before. */
const unlike = firstOfEach(applicable, (scenario) => [shapeAsked(scenario), scenario.found.length > 0]);

async function expectAsAsked(world: World, scenario: Scenario): Promise<void> {
  const { plan, differences } = await planOf(world, scenario);
  expect(differences).toEqual([]);
  expect(plan.steps).toEqual([]);
}

function expectSame(before: World, after: World): void {
  expect(dumpDifference(dump(before.state), dump(after.state))).toEqual([]);
}

/** Ends the VMs: no way back takes VFs from a running one. */
function endGuests({ state }: World): void {
  for (const { pid } of [...state.processes]) endProcess(state, pid);
}

async function takeBack(world: World, scenario: Scenario, verb: 'undo' | 'destroy'): Promise<void> {
  const plan = await wayBack(world, scenario, verb);
  expect(plan).toBeDefined();
  if (!plan) return;
  const outcome = await carryOutPlan(world.process(), plan, verb, `${verb}ne`);
  expect(outcome).toMatchObject({ kind: 'applied' });
}

describe('a refused plan', () => {
  test.each(refused)('$name: changes nothing', async (scenario) => {
    const { world } = await setUp(scenario);
    const before = world.clone();
    expect(await applyScenario(world, scenario)).toMatchObject({ kind: 'refused' });
    expectSame(before, world);
    expect(world.records).toBe(before.records);
  });
});

describe.each(applicable)('$name', (scenario) => {
  test('applied it is as asked; undone it is as before', async () => {
    const { world: before } = await setUp(scenario);
    const { world, outcome } = await setUpApplied(scenario);
    expect(outcome).toMatchObject({ kind: 'applied' });
    await expectAsAsked(world, scenario);
    await takeBack(world, scenario, 'undo');
    expectSame(before, world);
  });
});

describe.each(unlike)('$name', (scenario) => {
  test('undone and applied again it is as asked; destroyed is as found', async () => {
    const { found, world } = await setUpApplied(scenario);
    await takeBack(world, scenario, 'undo');
    expect(await applyScenario(world, scenario, 'again')).toMatchObject({ kind: 'applied' });
    await expectAsAsked(world, scenario);
    endGuests(world);
    await takeBack(world, scenario, 'destroy');
    if (!scenario.since.includes('reboot')) expectSame(found, world);
    expect([...(await world.process().fold()).ledger.entries.keys()]).toEqual([]);
  });

  test('a reboot is healed, and destroy leaves nothing', async () => {
    const { found, world } = await setUpApplied(scenario);
    const asked = world.clone();
    reboot(world.state);
    expect(await applyScenario(world, scenario, 'healed')).toMatchObject({ kind: 'applied' });
    await expectAsAsked(world, scenario);
    // What was done by hand is gone with the old boot.
    if (scenario.found.length + scenario.since.length === 0) {
      asked.state.boots += 1;
      const lines = [asked, world].map(({ state }) => asFileSees(dump(state)));
      expect(dumpDifference(lines[0] ?? [], lines[1] ?? [])).toEqual([]);
    }
    await takeBack(world, scenario, 'destroy');
    expect([...(await world.process().fold()).ledger.entries.keys()]).toEqual([]);
    const reborn = found.clone();
    reboot(reborn.state);
    if (scenario.found.length + scenario.since.length === 0) expectSame(reborn, world);
  });

  test('after a reboot destroy has nothing to do but to forget', async () => {
    const { world } = await setUpApplied(scenario);
    reboot(world.state);
    const booted = world.clone();
    await takeBack(world, scenario, 'destroy');
    // OVSDB survives a boot, and so do the units of VMs.
    const isAllGone =
      scenario.host.datapath === 'legacy-vlan' && scenario.host.guests.every(({ kind }) => kind !== 'vm');
    if (scenario.found.length === 0 && isAllGone) expectSame(booted, world);
    expect([...(await world.process().fold()).ledger.entries.keys()]).toEqual([]);
  });
});

const changing = applicable.filter(({ before, since }) => before !== undefined && !since.includes('reboot'));

describe('no command touches a guest that a change does not concern', () => {
  test.each(changing)('$name', async (scenario) => {
    const { world } = await setUp(scenario);
    const { plan } = await planOf(world, scenario);
    const untouched = await untouchedGuests(world, scenario, plan);
    const seen = world.state.log.length;
    expect(await applyScenario(world, scenario)).toMatchObject({ kind: 'applied' });
    for (const guest of untouched) {
      expect(mentions(world.state.log.slice(seen), guest), `${guest.name}`).toEqual([]);
    }
  });
});
