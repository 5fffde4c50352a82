import { afterAll, describe, expect, test } from 'vitest';
import { isFull, isWide } from './support/breadth.ts';
import { type Counts, tableOf } from './support/fault-table.ts';
import { allScenarios } from './support/scenario.ts';
import { attempt, judge, judgeRebooted, request, type Trip, tripsOf } from './support/trips.ts';
import type { World } from './support/world.ts';

/**
 * With FULL_FAULTS=1 every fault strikes every command of every plan, which takes minutes; with MANY_FAULTS=1, as in
 * `npm run test:real`, every distinct shape of command in every plan; otherwise some faults, in the plans of `quick`.
 */

/** Plans that are always tried closely; a VM's commands are the slowest. */
const small = new Set([
  'namespace-guest',
  'limits-changed',
  'mac-changed',
  'drift-of-driver',
  ...(isWide ? ['one-vm-guest'] : []),
]);

/** Together with the small ones they have about two thirds of the shapes of commands in all plans. */
const quick = new Set([
  ...small,
  'software-ovs-dpdk-ports',
  'guest-beside-a-number-removed',
  'two-hosts/beta',
  'ovs-tc-on-a-vlan',
  'vm-is-running-beside',
  'software-ovs-tc/beta',
  'one-vm-guest',
]);

interface Kind {
  readonly how: 'error' | 'hang' | 'lie' | 'kill';
  readonly after: boolean;
}

/** A lie has no effect at all, so there is no "after" for it. */
const kinds: readonly Kind[] = [
  { how: 'error', after: false },
  { how: 'lie', after: false },
  { how: 'kill', after: true },
  { how: 'hang', after: true },
  { how: 'kill', after: false },
  { how: 'error', after: true },
  { how: 'hang', after: false },
];

/** Most of the time would otherwise go into stack traces of expected errors. */
const { stackTraceLimit } = Error;
Error.stackTraceLimit = 0;

const scenarios = allScenarios.filter(({ name }) => isWide || quick.has(name));
const trips: readonly Trip[] = (await Promise.all(scenarios.map(tripsOf))).flat();

/** A share of what could strike at a place, a different one at each place; all of it in a full run. */
function share<One>(all: readonly One[], at: number, oneOf: number): readonly One[] {
  return isWide ? all : all.filter((_, place) => (at + place) % oneOf === 0);
}

/** Commands that differ only in numbers are tried once: one destroy is much like another. */
const seen = new Map<string, string>();
const walked = trips.filter((trip) => {
  const shape = trip.commands.map(({ run, write }) => (run ?? [write]).join(' ').replace(/\d+/g, '#'));
  const key = trip.verb === 'apply' ? trip.scenario.name : shape.sort().join('\n');
  const isNew = isFull || !seen.has(key);
  if (isNew) seen.set(key, nameOf(trip));
  return isNew;
});
const closely = walked.filter(
  ({ scenario, verb }) => isFull || (small.has(scenario.name) && (!scenario.before || verb !== 'destroy')),
);

function nameOf({ scenario, verb }: Trip): string {
  return `${scenario.name}: ${verb}`;
}

const counts: Counts[] = [];

type Strike = (world: World) => void;
type Judge = typeof judge;

/** Performs a trip once for each strike, and returns everything that ended wrong. */
async function tryAll(
  group: string,
  trip: Trip,
  strikes: readonly (readonly [what: string, strike: Strike])[],
  judgeEnd: Judge = judge,
): Promise<readonly string[]> {
  const endings = new Map<string, number>();
  const wrong: string[] = [];
  for (const [what, strike] of strikes) {
    const world = trip.start.clone();
    strike(world);
    const ended = await attempt(world, request(trip));
    const kind = 'outcome' in ended ? ended.outcome.kind : 'killed' in ended ? 'killed' : 'defect';
    endings.set(kind, (endings.get(kind) ?? 0) + 1);
    for (const line of await judgeEnd(trip, world, ended)) wrong.push(`${what}: ${line}`);
  }
  const commands = trip.commands.length;
  counts.push({ group, trip: nameOf(trip), commands, tried: strikes.length, endings });
  return wrong;
}

function commandOf({ commands }: Trip, at: number): string {
  const { run, write, text } = commands[at - 1] ?? {};
  return run ? run.join(' ') : `write ${write} ${JSON.stringify(text)}`;
}

function placesOf(length: number): readonly number[] {
  return Array.from({ length }, (_, place) => place + 1);
}

/** How often commands of one shape are struck, each time by another fault; beyond that, one is much like another. */
const often = isWide ? 2 : 1;
const struck = new Map<string, number>();

/** The command without its names and numbers: `ip -n # -batch - | link set dev # mtu # up`. */
function shapeOf({ commands }: Trip, verb: string, at: number): string {
  const { run, write, stdin = '' } = commands[at - 1] ?? {};
  const [line = ''] = stdin.split('\n');
  const words = `${(run ?? ['write', write]).slice(0, 8).join(' ')} | ${line}`;
  return `${verb} ${words.replace(/[\w.:-]*[0-9][\w.:/-]*/g, '#')}`;
}

/** Whether the command's shape has been struck often enough. */
function isKnown(trip: Trip, at: number): boolean {
  const shape = shapeOf(trip, trip.verb === 'apply' ? 'apply' : 'back', at);
  const times = (struck.get(shape) ?? 0) + 1;
  struck.set(shape, times);
  return !isFull && times > often;
}

/** The faults of a place: all of them, or a different one at each place and in each plan. */
function kindsAt(trip: Trip, at: number): readonly Kind[] {
  if (closely.includes(trip))
    return share(kinds, at, 7).filter((kind) => !isUnseen(kind, commandOf(trip, at)));
  if (isKnown(trip, at)) return [];
  const kind = kinds[(at + walked.indexOf(trip)) % kinds.length];
  return kind && !isUnseen(kind, commandOf(trip, at)) ? [kind] : [];
}

/** The one lie that cannot be detected: nothing shows from outside what a daemon that did not restart has read. */
function isUnseen({ how }: Kind, command: string): boolean {
  return how === 'lie' && command.startsWith('systemctl restart');
}

describe('a fault at every command ends as asked, or as before, or is reported', () => {
  test.each(walked.map((trip) => [nameOf(trip), trip] as const))('%s', async (_name, trip) => {
    const strikes = placesOf(trip.commands.length).flatMap((at) =>
      kindsAt(trip, at).map(({ how, after }) => {
        const what = `${how} ${after ? 'after' : 'before'} command ${at}, ${commandOf(trip, at)}`;
        return [what, (world: World) => world.fail({ at, how, after })] as const;
      }),
    );
    expect(await tryAll('one fault', trip, strikes)).toEqual([]);
  });
});

describe('a second fault on the way back', () => {
  test.each(closely.map((trip) => [nameOf(trip), trip] as const))('%s', async (_name, trip) => {
    const strikes = placesOf(trip.commands.length).flatMap((at) =>
      (isFull ? kinds : kinds.filter((_, place) => (at + place) % (isWide ? 4 : 13) === 0)).map(
        ({ how, after }, place) => {
          const later = 1 + ((at + place) % 6);
          const what = `error at command ${at}, ${commandOf(trip, at)}, and ${how} ${later} later`;
          const strike = (world: World) => {
            world.fail({ at, how: 'error', after: at % 2 === 0 });
            world.fail({ at: at + later, how, after });
          };
          return [what, strike] as const;
        },
      ),
    );
    expect(await tryAll('two faults', trip, strikes)).toEqual([]);
  });
});

describe('a fault at every write to the journal', () => {
  test.each(closely.map((trip) => [nameOf(trip), trip] as const))('%s', async (_name, trip) => {
    const strikes = placesOf(trip.storeWrites).flatMap((at) =>
      share(['kill', 'error'] as const, at, 5).map((how) => {
        const after = at % 2 === 0;
        const strike = (world: World) => {
          world.storeFault = { at, how, after };
        };
        return [`${how} ${after ? 'after' : 'before'} write ${at}`, strike] as const;
      }),
    );
    expect(await tryAll('journal', trip, strikes)).toEqual([]);
  });
});

describe('a reboot in the middle: nothing is replayed, and the next apply ends as asked', () => {
  test.each(closely.map((trip) => [nameOf(trip), trip] as const))('%s', async (_name, trip) => {
    const strikes = share(placesOf(trip.commands.length), 0, 5).map((at) => {
      const strike = (world: World) => world.fail({ at, how: 'kill', after: at % 2 === 0 });
      return [`reboot at command ${at}, ${commandOf(trip, at)}`, strike] as const;
    });
    const judgeEnd: Judge = (of, world) => judgeRebooted(of, world);
    expect(await tryAll('reboot', trip, strikes, judgeEnd)).toEqual([]);
  });
});

afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
  const alike = trips.length - walked.length;
  process.stdout.write(`${tableOf(counts)}\n${alike} plans run the same commands as one of these.\n`);
});
