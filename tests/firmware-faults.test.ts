import { afterAll, describe, expect, test } from 'vitest';
import { parseFabric } from '../src/fabric/parse-fabric.ts';
import type { Outcome } from '../src/model/outcome.ts';
import type { Plan } from '../src/model/plan.ts';
import { lookAtFirmware } from '../src/operate/look-firmware.ts';
import { type FirmwareOptions, planFirmware } from '../src/operate/plan-firmware.ts';
import { pendingOn } from '../src/plan/firmware-pending.ts';
import { reboot } from '../src/sim/boot.ts';
import { createState } from '../src/sim/create.ts';
import { firmwareOf } from '../src/sim/firmware.ts';
import { memoryKeeper } from '../src/sim/keeper.ts';
import { SimHost } from '../src/sim/sim-host.ts';
import type { LogEntry } from '../src/sim/state.ts';
import { dump, dumpDifference } from './support/dump.ts';
import { ask } from './support/scenario.ts';
import { attempt, type Ended } from './support/trips.ts';
import { World } from './support/world.ts';

/** A fault at every command of a plan for a card: it ends as asked, or as before, or says what remains. */

const text = `name: rack7
networks:
  storage: { id: 42, subnet: 192.168.10.0/24 }
hosts:
  alpha:
    connect: sim:connectx5
    datapath: legacy-vlan
    nic: "0000:03:00"
    vfs: 32
    guests:
      web: { netns: true, networks: { storage: 192.168.10.2/24 } }
`;
const image = '/root/fw-ConnectX5-rel-16_35_8002-MCX516A-CDA_Ax_Bx.bin';
const everything: FirmwareOptions = { image, reset: false };

const { fabric } = parseFabric(text, 'fabric.yaml');
const [host] = fabric?.hosts ?? [];
if (!fabric || !host) throw new Error('the fabric has no host');

function newWorld(): World {
  const state = createState({ name: 'alpha', kernel: 'debian-13-rebuilt' });
  return new World(new SimHost(memoryKeeper(state), { name: 'alpha', onKill: () => {} }));
}

const planOn = (world: World, options: FirmwareOptions) =>
  planFirmware(world.process(), fabric, host, options);

/** The host's state, without the files that are kept in any case, and with the firmware it had from the start. */
function see(world: World): readonly string[] {
  const files = Object.entries(world.state.files).filter(([path]) => !path.startsWith('/var/lib/vflane/'));
  const folders = world.state.folders.filter((path) => !path.startsWith('/var/lib/vflane'));
  const firmware = firmwareOf(world.state);
  return dump({ ...world.state, files: Object.fromEntries(files), folders, firmware });
}

interface Walk {
  readonly plan: Plan;
  readonly start: World;
  readonly before: readonly string[];
  readonly asked: readonly string[];
  readonly commands: readonly LogEntry[];
}

const request = (plan: Plan) => ({ do: 'apply', plan, planId: 'walk', verb: 'firmware' }) as const;

async function walkOf(options: FirmwareOptions): Promise<Walk> {
  const start = newWorld();
  const { plan } = await planOn(start, options);
  const world = start.clone();
  const outcome = await ask(world.process(), request(plan));
  if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome));
  return { plan, start, before: see(start), asked: see(world), commands: [...world.state.log] };
}

const apart = (wanted: readonly string[], world: World) => dumpDifference(wanted, see(world)).slice(0, 4);

/** What is wrong with the end of an attempt. */
async function judge(walk: Walk, world: World, ended: Ended): Promise<readonly string[]> {
  if ('defect' in ended) return [ended.defect];
  if ('killed' in ended) return goOn(walk, world);
  const { ledger, open } = await world.process().fold();
  const held = [...ledger.entries.keys()].map((key) => `the ledger names ${key}`);
  return [...held, ...(open ? ['still open'] : []), ...judgeOutcome(walk, world, ended.outcome)];
}

function judgeOutcome(walk: Walk, world: World, outcome: Outcome): readonly string[] {
  if (outcome.kind === 'applied') return apart(walk.asked, world);
  if (outcome.kind === 'rolled-back' || outcome.kind === 'failed') return judgeBack(walk, world);
  if (outcome.kind === 'rollback-incomplete')
    return outcome.residue.length > 0 && apart(walk.before, world).length > 0 ? [] : ['no residue remains'];
  return [JSON.stringify(outcome)];
}

/** What a reset loaded runs until the next one: settings are written back, and what still runs is reported as pending. */
function judgeBack(walk: Walk, world: World): readonly string[] {
  const [was, is] = [firmwareOf(walk.start.state), firmwareOf(world.state)];
  const isLoaded = is.running !== was.running || world.state.numOfVfs !== walk.start.state.numOfVfs;
  if (!isLoaded) return apart(walk.before, world);
  const written = { flashed: is.flashed, nextSriov: is.nextSriov, vfs: world.state.nextNumOfVfs };
  const former = { flashed: was.flashed, nextSriov: was.nextSriov, vfs: walk.start.state.nextNumOfVfs };
  return JSON.stringify(written) === JSON.stringify(former) ? [] : [JSON.stringify(written)];
}

async function pendingOf(world: World): Promise<readonly string[]> {
  const { cards } = await lookAtFirmware(world.process(), host?.nic.kind === 'pfs' ? host.nic.pfs : []);
  return cards.flatMap((card) => pendingOn(card).map(({ what }) => what));
}

async function goOn(walk: Walk, world: World): Promise<readonly string[]> {
  if (!(await world.process().fold()).open) {
    return apart(walk.before, world).length > 0 ? apart(walk.asked, world) : [];
  }
  const lines: string[] = [];
  for (const way of ['resume', 'rollback'] as const) {
    const other = world.clone();
    const ended = await attempt(other, { do: way });
    lines.push(...(await judge(walk, other, ended)).map((line) => `${way}: ${line}`));
  }
  return lines;
}

const kinds = [
  { how: 'error', after: false },
  { how: 'error', after: true },
  { how: 'hang', after: false },
  { how: 'hang', after: true },
  { how: 'kill', after: false },
  { how: 'kill', after: true },
  { how: 'lie', after: false },
] as const;

const { stackTraceLimit } = Error;
Error.stackTraceLimit = 0;
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

const [written, reset] = await Promise.all([walkOf(everything), walkOf({ ...everything, reset: true })]);
const walks = { 'settings and an image': written, 'and a reset': reset };

describe.each(Object.entries(walks))('%s', (_name, walk) => {
  test.each(kinds)('$how, after its effect: $after', async (kind) => {
    const wrong: string[] = [];
    for (const at of walk.commands.keys()) {
      const world = walk.start.clone();
      world.fail({ at: at + 1, ...kind });
      const ended = await attempt(world, request(walk.plan));
      const what = `command ${at + 1}, ${walk.commands[at]?.run?.join(' ')}`;
      wrong.push(...(await judge(walk, world, ended)).map((line) => `${what}: ${line}`));
    }
    expect(wrong).toEqual([]);
  });
});

test('without root it says so, and does not query the host', async () => {
  const state = createState({ name: 'alpha', kernel: 'debian-13-rebuilt', uid: 1000 });
  const world = new World(new SimHost(memoryKeeper(state), { name: 'alpha', onKill: () => {} }));
  const { plan } = await planOn(world, everything);
  expect(plan.findings.map(({ code }) => code)).toEqual(['VF2202']);
  expect(plan.steps).toEqual([]);
});

test('what runs after a reset that reported failure is reported as pending', async () => {
  const world = reset.start.clone();
  world.fail({ at: reset.commands.length, how: 'error', after: true });
  expect(await attempt(world, request(reset.plan))).toMatchObject({ outcome: { kind: 'rolled-back' } });
  expect(await pendingOf(world)).toEqual(['firmware', 'NUM_OF_VFS']);
});

test('after a reboot in the middle nothing is replayed, and the next apply ends as asked', async () => {
  for (const at of written.commands.keys()) {
    const world = written.start.clone();
    world.fail({ at: at + 1, how: 'kill', after: true });
    await attempt(world, request(written.plan));
    reboot(world.state);
    const { plan } = await planOn(world, everything);
    if (plan.steps.length > 0)
      expect(await ask(world.process(), { ...request(plan), planId: 'again' })).toMatchObject({
        kind: 'applied',
      });
    reboot(world.state);
    expect(firmwareOf(world.state)).toMatchObject({ running: '16.35.8002', flashed: '16.35.8002' });
    expect(world.state.numOfVfs).toBe(32);
  }
});
