import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseFabric } from '../../src/fabric/parse-fabric.ts';
import type { Fabric, FabricHost } from '../../src/model/fabric.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { Plan } from '../../src/model/plan.ts';
import { planToDestroy, planToUndo } from '../../src/operate/plan-back.ts';
import { type HostPlan, type PlanOptions, planFromFile } from '../../src/operate/plan-host.ts';
import type { Request, Site } from '../../src/operate/site.ts';
import { createState } from '../../src/sim/create.ts';
import { memoryKeeper } from '../../src/sim/keeper.ts';
import { simOptions } from '../../src/sim/open-sim.ts';
import { SimHost } from '../../src/sim/sim-host.ts';
import { asPluggable, unplug } from '../../src/sim/unplug.ts';
import { World } from './world.ts';

const folder = resolve(import.meta.dirname, '../../scenarios');

/** One host in a folder of `scenarios/`; README.md there explains the files. */
export interface Scenario {
  /** `guest-added`, or `two-hosts/beta`. */
  readonly name: string;
  readonly fabric: Fabric;
  readonly host: FabricHost;
  /** What was applied earlier. */
  readonly before: { readonly fabric: Fabric; readonly host: FabricHost } | undefined;
  readonly found: readonly string[];
  readonly since: readonly string[];
  readonly options: PlanOptions;
}

export const goldenOf = (name: string) => join(folder, name, 'plan.txt');

export const scenarioFolders: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

const read = new Map<string, readonly Scenario[]>();

/** Reads each folder once: the same folder gives the same objects. */
export function scenariosIn(name: string): readonly Scenario[] {
  const scenarios = read.get(name) ?? readScenarios(name);
  read.set(name, scenarios);
  return scenarios;
}

function readScenarios(name: string): readonly Scenario[] {
  const fabric = fabricIn(name, 'fabric.yaml');
  const before = textOf(name, 'before.yaml') === undefined ? undefined : fabricIn(name, 'before.yaml');
  return fabric.hosts.map((host) => {
    const former = before?.hosts.find((one) => one.name === host.name);
    return {
      name: fabric.hosts.length === 1 ? name : `${name}/${host.name}`,
      fabric,
      host,
      before: before && former ? { fabric: before, host: former } : undefined,
      found: linesOf(name, 'before.txt'),
      since: linesOf(name, 'since.txt'),
      options: { allowDisruption: linesOf(name, 'options.txt').includes('--allow-disruption') },
    };
  });
}

export const allScenarios: readonly Scenario[] = scenarioFolders.flatMap(scenariosIn);

function textOf(name: string, file: string): string | undefined {
  const path = join(folder, name, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function linesOf(name: string, file: string): readonly string[] {
  return (textOf(name, file) ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

function fabricIn(name: string, file: string): Fabric {
  const { fabric, findings } = parseFabric(textOf(name, file) ?? '', file);
  if (!fabric) throw new Error(`${name}/${file}: ${findings.map(({ message }) => message).join('; ')}`);
  return fabric;
}

interface SetUp {
  /** The host before vflane's first run. */
  readonly found: World;
  readonly world: World;
}

const setUps = new WeakMap<Scenario, Promise<SetUp>>();
const applications = new WeakMap<Scenario, Promise<{ readonly world: World; readonly outcome: Outcome }>>();

/** The host as the scenario's plan finds it: built once; each caller gets a copy. */
export async function setUp(scenario: Scenario): Promise<SetUp> {
  const made = setUps.get(scenario) ?? makeUp(scenario);
  setUps.set(scenario, made);
  const { found, world } = await made;
  return { found: found.clone(), world: world.clone() };
}

/** The same after its plan is applied: applied once; each caller gets a copy. */
export async function setUpApplied(scenario: Scenario): Promise<SetUp & { readonly outcome: Outcome }> {
  const made = applications.get(scenario) ?? makeApplied(scenario);
  applications.set(scenario, made);
  const { found } = await setUp(scenario);
  const { world, outcome } = await made;
  return { found, world: world.clone(), outcome };
}

async function makeApplied(scenario: Scenario) {
  const { world } = await setUp(scenario);
  return { outcome: await applyScenario(world, scenario), world };
}

async function makeUp(scenario: Scenario): Promise<SetUp> {
  const found = foundWorld(scenario);
  for (const line of scenario.found) await doLine(found.machine, line);
  const world = found.clone();
  if (scenario.before) {
    const { fabric, host } = scenario.before;
    const outcome = await applyFile(world, fabric, host, scenario.options, 'earlier');
    if (outcome.kind !== 'applied') throw new Error(`${scenario.name}: ${JSON.stringify(outcome)}`);
  }
  for (const line of scenario.since) await doLine(world.machine, line);
  return { found, world };
}

function foundWorld({ host }: Scenario): World {
  const { connect, name } = host;
  const options = connect.kind === 'sim' ? simOptions(name, connect) : { wrong: 'not simulated' };
  if ('wrong' in options) throw new Error(`${name}: ${options.wrong}`);
  return new World(new SimHost(memoryKeeper(createState(options)), { name, onKill: () => {} }));
}

/** An argv; `echo TEXT > PATH`; or `sim unplug WHAT`, `sim uid N`. */
export async function doLine(machine: SimHost, line: string): Promise<void> {
  const [first = '', ...words] = line.split(' ');
  if (first === 'sim') return simLine(machine, words);
  const arrow = words.indexOf('>');
  if (first === 'echo' && arrow > 0) {
    await machine.writeFile(words[arrow + 1] ?? '', words.slice(0, arrow).join(' '));
  } else await machine.run([first, ...words]);
}

function simLine(machine: SimHost, [verb, word = '']: readonly string[]): void {
  const what = asPluggable(word);
  if (verb === 'unplug' && what) unplug(machine.state, what);
  else if (verb === 'uid') machine.state.uid = Number(word);
  else throw new Error(`no such line: sim ${verb} ${word}`);
}

export function planOf(world: World, { fabric, host, options }: Scenario): Promise<HostPlan> {
  return planFromFile(world.process(), fabric, host, options);
}

export function errorsIn({ findings }: Plan): readonly string[] {
  return findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

const quiet = () => {};

/** As `vflane apply`: a finding that forbids a plan refuses it. */
export async function carryOutPlan(site: Site, plan: Plan, verb: string, planId: string): Promise<Outcome> {
  const against = plan.findings.filter(({ severity }) => severity === 'error');
  if (against.length > 0) return { kind: 'refused', findings: against };
  return ask(site, { do: 'apply', plan, planId, verb });
}

export function ask(site: Site, request: Request): Promise<Outcome> {
  return site.carryOut(request, quiet);
}

export async function applyFile(
  world: World,
  fabric: Fabric,
  host: FabricHost,
  options: PlanOptions,
  planId: string,
): Promise<Outcome> {
  const site = world.process();
  const { plan } = await planFromFile(site, fabric, host, options);
  return plan.steps.length === 0 && errorsIn(plan).length === 0
    ? { kind: 'nothing-to-do' }
    : carryOutPlan(site, plan, 'apply', planId);
}

export function applyScenario(world: World, scenario: Scenario, planId = 'asked'): Promise<Outcome> {
  return applyFile(world, scenario.fabric, scenario.host, scenario.options, planId);
}

/** An undo or destroy, planned by a process of its own. */
export async function wayBack(
  world: World,
  { host }: Scenario,
  verb: 'undo' | 'destroy',
): Promise<Plan | undefined> {
  const planned = await (verb === 'undo' ? planToUndo : planToDestroy)(world.process(), host, {
    allowDisruption: true,
  });
  return planned?.plan;
}
