import { describe, expect, test } from 'vitest';
import { bareHost } from '../src/cli/way.ts';
import { importHosts } from '../src/discover/import-hosts.ts';
import { HostError } from '../src/host/host.ts';
import type { HostName } from '../src/model/names.ts';
import type { Plan } from '../src/model/plan.ts';
import { onEachHost } from '../src/operate/hosts.ts';
import { planToAdopt } from '../src/operate/plan-adopt.ts';
import { isWide } from './support/breadth.ts';
import { dump } from './support/dump.ts';
import { readerOf } from './support/half-seen.ts';
import { importWorlds, parsed, planOfText, typedHost } from './support/import.ts';
import { attempt, see } from './support/trips.ts';
import type { StoreFault, World } from './support/world.ts';

/** Whatever fails while a host is adopted, the host and its guests stay as before, and the next try ends as asked. */

const approaches = [
  ['approach 1', 'debian-13', ['approach 1: host']],
  ['approach 2', 'doca', ['approach 2: packages', 'approach 2: host']],
  ['approach 3', 'doca', ['approach 3: host']],
] as const;

/** The quick tests take the first. */
const tried = isWide ? approaches : approaches.slice(0, 1);

interface Taking {
  readonly start: World;
  readonly text: string;
  readonly plan: Plan;
  /** The ledger of an adopted host. */
  readonly asked: readonly string[];
  readonly storeWrites: number;
}

async function planned(world: World, text: string): Promise<Plan | undefined> {
  const fabric = parsed(text);
  const [host] = fabric.hosts;
  if (!host) throw new Error('the file has no host');
  return (await planToAdopt(world.process(), host, { allowDisruption: false }, fabric))?.plan;
}

const take = (world: World, plan: Plan, planId = 'taken') =>
  attempt(world, { do: 'apply', plan, planId, verb: 'adopt' });

async function taking(kernel: 'debian-13' | 'doca', names: readonly string[]): Promise<Taking> {
  const start = await typedHost(kernel, ...names);
  const { text = '' } = await importWorlds({ alpha: start });
  const plan = await planned(start, text);
  if (!plan) throw new Error('there is nothing to take over');
  const world = start.clone();
  world.storeFault = { at: Number.MAX_SAFE_INTEGER, after: false, how: 'error' };
  expect(await take(world, plan)).toMatchObject({ outcome: { kind: 'applied' } });
  const storeWrites = Number.MAX_SAFE_INTEGER - world.storeFault.at;
  world.storeFault = undefined;
  return { start, text, plan, asked: (await see(world)).ledger, storeWrites };
}

/** What is wrong with a host after a failed try; empty if nothing is. */
async function lost({ start, text, asked }: Taking, world: World): Promise<readonly string[]> {
  world.storeFault = undefined;
  const apart =
    JSON.stringify(dump(world.state)) === JSON.stringify(dump(start.state)) ? [] : ['the host has changed'];
  const ran = world.state.log.map(({ run, write }) => `ran ${run?.join(' ') ?? write}`);
  const { open } = await world.process().fold();
  const ways = open ? (['resume', 'rollback'] as const) : ([undefined] as const);
  const after = await Promise.all(
    ways.map(async (way) => {
      const gone = world.clone();
      if (way !== undefined) {
        const ended = await attempt(gone, { do: way });
        const kind = 'outcome' in ended ? ended.outcome.kind : JSON.stringify(ended);
        if (!['applied', 'rolled-back'].includes(kind)) return [`${way} ended ${kind}`];
      }
      const again = await planned(gone, text);
      if (again) await take(gone, again, 'again');
      const { ledger, isOpen } = await see(gone);
      const { plan, differences } = await planOfText(gone, text);
      return [
        ...(isOpen ? ['a plan is open'] : []),
        ...(JSON.stringify(ledger) === JSON.stringify(asked) ? [] : [`the ledger is ${ledger.join()}`]),
        ...(plan.steps.length + differences.length > 0 ? ['the plan of the file is not empty any more'] : []),
        ...gone.state.log.map(({ run, write }) => `ran ${run?.join(' ') ?? write}`),
      ];
    }),
  );
  return [...apart, ...ran, ...after.flat()];
}

describe.each(tried)('%s on %s is taken over', (_name, kernel, names) => {
  test('with a fault or kill -9 at every write to the journal: nothing is lost, and the next try ends as asked', async () => {
    const walk = await taking(kernel, names);
    expect(walk.storeWrites).toBeGreaterThan(2);
    const wrong: string[] = [];
    for (let at = 1; at <= walk.storeWrites; at++)
      for (const how of ['error', 'kill'] as const)
        for (const after of [false, true]) {
          const fault: StoreFault = { at, how, after };
          const world = walk.start.clone();
          world.storeFault = { ...fault };
          const ended = await take(world, walk.plan);
          const told = 'defect' in ended ? [ended.defect] : [];
          for (const line of [...told, ...(await lost(walk, world))])
            wrong.push(`${JSON.stringify(fault)}: ${line}`);
        }
    expect(wrong).toEqual([]);
  });

  test('never runs a command, so that none can fail', async () => {
    const { start, plan } = await taking(kernel, names);
    const world = start.clone();
    world.fail({ at: 1, how: 'kill', after: false });
    expect(await take(world, plan)).toMatchObject({ outcome: { kind: 'applied' } });
    expect(world.state.log).toEqual([]);
  });
});

describe.each(tried)('%s on %s is imported', (_name, kernel, names) => {
  test('with each question to the host failing in turn: a file that lacks something never passes for complete', async () => {
    const world = await typedHost(kernel, ...names);
    const whole = (await imported(world, () => false)).text;
    const questions = new Set<string>();
    await imported(world, (question) => {
      questions.add(question);
      return false;
    });
    expect(questions.size).toBeGreaterThan(50);
    const silent: string[] = [];
    for (const question of [...questions].filter((_, place) => isWide || place % 3 === 0)) {
      const { text, told } = await imported(world, (one) => one === question);
      if (plain(text) !== plain(whole) && !told) silent.push(question);
    }
    expect(silent).toEqual([]);
    expect(world.state.log.filter(({ run, write }) => run === undefined && write === undefined)).toEqual([]);
  });
});

/** A file without its comments: a card's name does not matter. */
function plain(text = ''): string {
  return text.replace(/^ *#.*\n/gm, '');
}

/** An import whose chosen questions fail, and whether it says so. */
async function imported(world: World, isWrong: (question: string) => boolean) {
  const connect = async () => {
    const site = world.process();
    const reader = readerOf(site.reader, async (ask, answer) => {
      if (!isWrong(ask.join(' '))) return answer();
      const about = { host: 'alpha', argv: ask };
      throw ask[0] === 'query'
        ? new HostError({ kind: 'exit', ...about, exitCode: 1, stderr: 'Operation not permitted\n' })
        : new HostError({ kind: 'errno', ...about, errno: 'EACCES' });
    });
    return { ...site, reader };
  };
  const host = bareHost('alpha' as HostName, { kind: 'ssh', destination: 'root@alpha' });
  const { text, troubled, reports, findings } = await importHosts(
    [{ host, connectText: 'root@alpha' }],
    (hosts, work) => onEachHost(hosts, connect, work),
    { file: 'fabric.yaml', now: () => world.machine.clock.now() },
  );
  const all = reports.flatMap(({ value }) => value ?? []);
  const told =
    text === undefined ||
    troubled.length > 0 ||
    reports.some(({ trouble }) => trouble !== undefined) ||
    all.some(({ unlooked, looked }) => unlooked.length + looked.plan.differences.length > 0) ||
    [...findings, ...all.flatMap((one) => one.findings)].some(({ severity }) => severity === 'error');
  return { text, told };
}
