import { datapaths } from '../../src/datapath/datapath.ts';
import { StoreFailed } from '../../src/host/store.ts';
import { type Json, sameJson } from '../../src/model/json.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { Plan } from '../../src/model/plan.ts';
import { observe } from '../../src/observe/observe.ts';
import { sectionsFor } from '../../src/operate/sections.ts';
import type { Request } from '../../src/operate/site.ts';
import { eachPlace } from '../../src/plan/by-place.ts';
import { haveAt, havesOf } from '../../src/plan/differences.ts';
import { resourceOf } from '../../src/plan/order.ts';
import { reboot } from '../../src/sim/boot.ts';
import type { LogEntry } from '../../src/sim/state.ts';
import { dump, dumpDifference } from './dump.ts';
import {
  applyScenario,
  ask,
  errorsIn,
  planOf,
  type Scenario,
  setUp,
  setUpApplied,
  wayBack,
} from './scenario.ts';
import { isKilled, type World } from './world.ts';

/** A plan that takes a host from one state to another. */
export interface Trip {
  readonly scenario: Scenario;
  readonly verb: 'apply' | 'undo' | 'destroy';
  readonly start: World;
  readonly plan: Plan;
  /** The host in a run without faults: dump and ledger. */
  readonly before: Seen;
  readonly asked: Seen;
  /** The commands of a run without faults. */
  readonly commands: readonly LogEntry[];
  /** The number of writes to the store in a run without faults. */
  readonly storeWrites: number;
}

interface Seen {
  readonly lines: readonly string[];
  readonly ledger: readonly string[];
  /** Whether an unfinished plan waits to be continued. */
  readonly isOpen: boolean;
}

export async function see(world: World): Promise<Seen> {
  const { ledger, open } = await world.process().fold();
  const entries = [...ledger.entries.values()].map((entry) => JSON.stringify(entry)).sort();
  return {
    lines: dump(world.state),
    ledger: [...entries, JSON.stringify(ledger.allocation)],
    isOpen: open !== undefined,
  };
}

export function request({ plan, verb }: Pick<Trip, 'plan' | 'verb'>): Request {
  return { do: 'apply', plan, planId: 'trip', verb };
}

/** Apply; then, from there, undo and destroy. None for a refused plan. */
export async function tripsOf(scenario: Scenario): Promise<readonly Trip[]> {
  const { world } = await setUp(scenario);
  const { plan } = await planOf(world, scenario);
  if (errorsIn(plan).length > 0) return [];
  const { world: applied } = await setUpApplied(scenario);
  const back = async (verb: 'undo' | 'destroy') => {
    const way = await wayBack(applied, scenario, verb);
    return way ? [await trip(scenario, verb, applied, way)] : [];
  };
  return [
    await trip(scenario, 'apply', world, plan),
    ...(await back('undo')),
    ...(world.state.processes.length > 0 ? [] : await back('destroy')),
  ];
}

async function trip(scenario: Scenario, verb: Trip['verb'], start: World, plan: Plan): Promise<Trip> {
  const world = start.clone();
  world.storeFault = { at: Number.MAX_SAFE_INTEGER, after: false, how: 'error' };
  const outcome = await ask(world.process(), request({ plan, verb }));
  if (outcome.kind !== 'applied') throw new Error(`${scenario.name} ${verb}: ${JSON.stringify(outcome)}`);
  const storeWrites = Number.MAX_SAFE_INTEGER - (world.storeFault?.at ?? 0);
  world.storeFault = undefined;
  const [before, asked] = [await see(start.clone()), await see(world)];
  return { scenario, verb, start, plan, before, asked, commands: [...world.state.log], storeWrites };
}

export type Ended = { readonly outcome: Outcome } | { readonly killed: true } | { readonly defect: string };

/** Performs a request in a process of its own, which a fault may kill. */
export async function attempt(world: World, what: Request): Promise<Ended> {
  try {
    return { outcome: await ask(world.process(), what) };
  } catch (error) {
    // A full disk ends a process as well, with a message; the journal knows how far it got.
    if (isKilled(error) || error instanceof StoreFailed) return { killed: true };
    return { defect: `threw ${error instanceof Error ? error.stack : String(error)}` };
  }
}

/** What is wrong with how an attempt ended; empty if nothing is. */
export async function judge(trip: Trip, world: World, ended: Ended): Promise<readonly string[]> {
  if ('defect' in ended) return [ended.defect];
  if (world.locked) return ['the lock is still held'];
  if ('killed' in ended) return judgeKilled(trip, world);
  const { outcome } = ended;
  const seen = await see(world);
  if (seen.isOpen) return [`${outcome.kind}, and the plan is still open`];
  if (outcome.kind === 'applied') return same('applied', trip.asked, seen);
  if (outcome.kind === 'rolled-back' || outcome.kind === 'failed') {
    return same(outcome.kind, trip.before, seen);
  }
  if (outcome.kind === 'rollback-incomplete') return judgeResidue(trip, world, outcome);
  return [`ended ${JSON.stringify(outcome).slice(0, 300)}`];
}

function same(what: string, wanted: Seen, seen: Seen): readonly string[] {
  const apart = [...dumpDifference(wanted.lines, seen.lines), ...dumpDifference(wanted.ledger, seen.ledger)];
  return apart.length === 0 ? [] : [`${what}, but ${apart.slice(0, 6).join('\n        ')}`];
}

/** What is reported as remaining does remain and is in the ledger: the next apply continues from there. */
async function judgeResidue(
  trip: Trip,
  world: World,
  { residue }: Outcome & { kind: 'rollback-incomplete' },
): Promise<readonly string[]> {
  const apart = dumpDifference(trip.before.lines, dump(world.state));
  if (residue.length === 0 || apart.length === 0) {
    return [`rollback-incomplete with a residue of ${residue.length} and ${apart.length} differences`];
  }
  const told = new Set(residue.map(({ resource, at }) => `${resource} ${at}`));
  const changed = await changedPlaces(trip, world);
  const untold = changed.filter(({ key, isMissed }) => isMissed && !told.has(key));
  const keys = new Set(changed.map(({ key }) => key));
  const untrue = [...told].filter((key) => !keys.has(key)).map((key) => `not so: ${key}`);
  return [...untold.map(({ key }) => `untold: ${key}`), ...untrue, ...(await judgeHealed(trip, world))];
}

interface Changed {
  readonly key: string;
  /** False for what may differ: an unset setting goes with its VF, a module stays, an unused VF netdev may have any name. */
  readonly isMissed: boolean;
}

/** Every place that is not as it was at the start, whatever the plan changed. */
async function changedPlaces({ scenario, start }: Trip, world: World): Promise<readonly Changed[]> {
  const { ledger } = await start.process().fold();
  const look = async (at: World) => {
    const spec = datapaths[scenario.host.datapath]?.(scenario.fabric, scenario.host, ledger);
    const sections = sectionsFor(scenario.fabric, scenario.host, ledger, spec);
    return havesOf(await observe(at.process().reader, sections));
  };
  const [had, has] = [await look(start), await look(world)];
  return [...eachPlace(had), ...eachPlace(has)].flatMap(({ resource, at }) => {
    const was = haveAt(had, resource, at) as Json;
    if (sameJson(was, haveAt(has, resource, at) as Json)) return [];
    const key = `${resource} ${at}`;
    const { attribute, stays, fresh } = resourceOf(resource);
    const isIdle = resource === 'netns-vf' && at.startsWith('/');
    const isNobodys = attribute && (was === null || sameJson(was, fresh) || !ledger.entries.has(key));
    return [{ key, isMissed: !stays && !isIdle && !isNobodys }];
  });
}

/** From any state, a new plan and apply must give what the file wants. */
export async function judgeHealed({ scenario: asked }: Trip, world: World): Promise<readonly string[]> {
  const scenario = { ...asked, options: { allowDisruption: true } };
  const ended = await applyScenario(world, scenario, 'healed').then(
    (outcome): Ended => ({ outcome }),
    (error: unknown): Ended => ({ defect: String(error) }),
  );
  if ('defect' in ended) return [`apply after it threw ${ended.defect}`];
  if ('outcome' in ended && !['applied', 'nothing-to-do'].includes(ended.outcome.kind)) {
    return [`apply after it ended ${JSON.stringify(ended.outcome).slice(0, 600)}`];
  }
  const { differences } = await planOf(world, scenario);
  return differences.length === 0
    ? []
    : [`after the next apply ${JSON.stringify(differences).slice(0, 300)} is left`];
}

/** A new process sees the open plan, and continues it or goes back. */
async function judgeKilled(trip: Trip, world: World): Promise<readonly string[]> {
  const { open } = await world.process().fold();
  // Killed before the plan was recorded, or after its end was.
  if (!open) return either(trip, await see(world));
  const { plan } = await planOf(world, trip.scenario);
  const told = plan.findings.some(({ code }) => code === 'VF3010') ? [] : ['the open plan is not told'];
  return [...told, ...(await goOn(trip, world.clone(), 'resume')), ...(await goOn(trip, world, 'rollback'))];
}

function either(trip: Trip, seen: Seen): readonly string[] {
  const asBefore = same('killed', trip.before, seen);
  return asBefore.length === 0 || same('', trip.asked, seen).length === 0 ? [] : asBefore;
}

async function goOn(trip: Trip, world: World, way: 'resume' | 'rollback'): Promise<readonly string[]> {
  const isBack = way === 'rollback' || (await world.process().fold()).open?.direction === 'back';
  const ended = await attempt(world, { do: way });
  const kind = 'outcome' in ended ? ended.outcome.kind : '';
  const wanted = isBack ? ['rolled-back', 'rollback-incomplete'] : ['applied'];
  const wrong = wanted.includes(kind) ? [] : [`ended ${JSON.stringify(ended).slice(0, 600)}`];
  return [...wrong, ...(await judge(trip, world, ended))].map((line) => `${way}: ${line}`);
}

/** Killed and rebooted: nothing of the old plan is replayed, and what the file wants is made again. */
export async function judgeRebooted(trip: Trip, world: World): Promise<readonly string[]> {
  const fresh = trip.start.clone();
  for (const { state } of [world, fresh]) {
    reboot(state);
    state.log = [];
    state.faults = [];
  }
  if (trip.verb !== 'apply') return destroyed(trip, world);
  // Files and Open vSwitch's database survive a reboot: a host that has them has less to do.
  const isAsItWas = dumpDifference(dump(fresh.state), dump(world.state)).length === 0;
  const healed = await judgeHealed(trip, world);
  await applyScenario(fresh, trip.scenario, 'healed');
  const apart = dumpDifference(dump(fresh.state), dump(world.state)).slice(0, 6);
  const [ran, wanted] = [world, fresh].map(({ state }) =>
    JSON.stringify(state.log.map(commandOf).filter(isAgain)),
  );
  const replayed = isAsItWas && ran !== wanted ? ['not the commands of a host as it was'] : [];
  return [...healed, ...replayed, ...apart.map((line) => `not as if nothing had been begun: ${line}`)];
}

/** Everything of vflane's is gone, even what survives a reboot: the host is as it was found and then rebooted. */
async function destroyed(trip: Trip, world: World): Promise<readonly string[]> {
  const plan = await wayBack(world, trip.scenario, 'destroy');
  if (!plan) return ['nothing to destroy'];
  const ended = await attempt(world, request({ plan, verb: 'destroy' }));
  if (!('outcome' in ended) || ended.outcome.kind !== 'applied')
    return [`destroy ended ${JSON.stringify(ended)}`];
  const { ledger } = await see(world);
  const left = ledger.length > 1 ? [`the ledger still holds ${ledger.slice(0, 3)}`] : [];
  const { found } = await setUp(trip.scenario);
  reboot(found.state);
  // Other changes to the host, before or since, are not vflane's.
  const isPlain = trip.scenario.found.length + trip.scenario.since.length === 0;
  return isPlain ? [...left, ...dumpDifference(dump(found.state), dump(world.state))] : left;
}

/** A guest's disk survives a boot, and is made only once. */
function isAgain([run]: readonly unknown[]): boolean {
  return !(Array.isArray(run) && run.some((word) => /^--mode=07|\/disk\.qcow2/.test(`${word}`)));
}

function commandOf({ run, stdin, write, text }: LogEntry): readonly unknown[] {
  return [run, stdin, write, text];
}
