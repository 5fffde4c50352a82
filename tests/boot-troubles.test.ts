import { describe, expect, test } from 'vitest';
import { bootPlaces } from '../src/model/boot.ts';
import { bootStatus, bootTroubles, bootWords } from '../src/operate/boot-status.ts';
import { type RebootOptions, reboot } from '../src/sim/boot.ts';
import { plug, unplug } from '../src/sim/unplug.ts';
import { enable } from './support/enabled.ts';
import {
  applyScenario,
  carryOutPlan,
  planOf,
  type Scenario,
  scenariosIn,
  setUp,
  wayBack,
} from './support/scenario.ts';
import type { World } from './support/world.ts';

const [legacy] = scenariosIn('namespace-guest') as [Scenario];
const [overlay] = scenariosIn('ovs-tc') as [Scenario];

async function enabled(scenario: Scenario): Promise<World> {
  const { world } = await setUp(scenario);
  expect(await enable(world, scenario)).toMatchObject({ kind: 'applied' });
  return world;
}

async function startWith(world: World, options: RebootOptions, told: string[] = []) {
  return world.restart(options, told);
}

/** The state of the card and of the host's netdevs. */
function netdevsOf({ state }: World): readonly string[] {
  return state.netdevs.map(
    ({ name, up, addresses }) => `${name} ${up} ${addresses.map(({ local }) => local)}`,
  );
}

describe('a card that appears late', () => {
  test.each([legacy, overlay])('is waited for, and the log says so', async (scenario) => {
    const world = await enabled(scenario);
    const told: string[] = [];
    const { outcome } = await startWith(world, { cardAfterMs: 2_000 }, told);
    expect(outcome).toMatchObject({ kind: 'applied' });
    expect(told.join('\n')).toContain('waiting: ');
    expect(told.join('\n')).toContain('0000:03:00');
    expect((await planOf(world, scenario)).differences).toEqual([]);
  });
});

test.each([
  [legacy, ['bonding']],
  [overlay, ['bonding', 'vfio_pci']],
] as const)('drivers are loaded by one process while the card is on its way', async (scenario, modules) => {
  const world = await enabled(scenario);
  world.state.log = [];
  expect((await startWith(world, { cardAfterMs: 2_000 })).outcome).toMatchObject({ kind: 'applied' });
  const commands = world.state.log.flatMap((logged) => ('run' in logged ? [logged.run] : []));
  const loading = commands.filter(([program]) => program === 'modprobe');
  expect(loading.map(([, all, ...names]) => [all, ...names.toSorted()])).toEqual([['-a', ...modules]]);
  expect(commands.indexOf(loading[0] ?? [])).toBe(0);
});

describe('a start that cannot bring the host back touches nothing, and says why', () => {
  async function untouched(world: World, options: RebootOptions, code: string) {
    const other = world.clone();
    reboot(other.state, options);
    const { outcome, report } = await startWith(world, options);
    expect(outcome).toMatchObject({ kind: 'refused' });
    expect(report).toMatchObject({ outcome: 'failed' });
    expect(report.findings.map((one) => one.code)).toContain(code);
    expect(netdevsOf(world)).toEqual(netdevsOf(other));
    const fold = await world.process().fold();
    const status = await bootStatus(world.process().reader, fold);
    expect(bootWords(status)).toContain('NOT brought back');
    const [trouble] = bootTroubles('alpha', status);
    expect(trouble?.message).toContain(report.findings[0]?.message.replace('alpha: ', ''));
  }

  test('without its card', async () => {
    const world = await enabled(legacy);
    unplug(world.state, 'card');
    await untouched(world, {}, 'VF2001');
    plug(world.state, 'card');
    expect(await world.startUnit()).toMatchObject({ outcome: { kind: 'applied' } });
  });

  test('with the card’s ports swapped', async () => {
    const world = await enabled(overlay);
    await untouched(world, { swapped: 'ports' }, 'VF2251');
    expect(await startWith(world, { swapped: 'no' })).toMatchObject({ outcome: { kind: 'applied' } });
  });

  test('without a boot document that it can read', async () => {
    const world = await enabled(legacy);
    await world.machine.writeFile(bootPlaces.document, '{"schema":"vflane.boot/9"}');
    await untouched(world, {}, 'VF2250');
  });

  test('over a netdev that carries somebody else’s address', async () => {
    const [software] = scenariosIn('software-ovs-tc') as [Scenario];
    const world = await enabled(software);
    reboot(world.state);
    const port = software.host.underlay?.ports[0] ?? '';
    await world.machine.run(['ip', 'addr', 'add', '10.9.9.9/24', 'dev', port]);
    const before = netdevsOf(world);
    const { outcome } = await world.startUnit();
    expect(outcome).toMatchObject({ kind: 'refused' });
    expect(netdevsOf(world)).toEqual(before);
  });
});

test('names of netdevs do not matter: the ports are known by their PCI addresses', async () => {
  const world = await enabled(overlay);
  expect(await startWith(world, { swapped: 'names' })).toMatchObject({ outcome: { kind: 'applied' } });
  expect((await planOf(world, overlay)).differences).toEqual([]);
});

test('after a failed start, an apply by hand mends it, and status says so', async () => {
  const world = await enabled(legacy);
  unplug(world.state, 'card');
  await startWith(world, {});
  plug(world.state, 'card');
  expect(await applyScenario(world, legacy, 'by-hand')).toMatchObject({ kind: 'applied' });
  const status = await bootStatus(world.process().reader, await world.process().fold());
  expect(bootWords(status)).toContain('a plan was applied since');
  expect(bootTroubles('alpha', status)).toEqual([]);
});

test('an undo takes back what was done by hand since the last start, not what the start did', async () => {
  const [scenario] = scenariosIn('guest-added') as [Scenario];
  const { world } = await setUp(scenario);
  const former = { ...scenario, ...scenario.before } as Scenario;
  expect(await enable(world, former)).toMatchObject({ kind: 'applied' });
  expect(await applyScenario(world, scenario, 'added')).toMatchObject({ kind: 'applied' });
  expect(await startWith(world, {})).toMatchObject({ outcome: { kind: 'applied' } });
  const plan = await wayBack(world, scenario, 'undo');
  if (!plan) throw new Error('nothing to undo');
  expect(await carryOutPlan(world.process(), plan, 'undo', 'undone')).toMatchObject({ kind: 'applied' });
  expect((await planOf(world, former)).differences).toEqual([]);
  expect(await startWith(world, {})).toMatchObject({ outcome: { kind: 'applied' } });
  expect((await planOf(world, former)).differences).toEqual([]);
});

test('after one fault, a start is taken back and tried once more', async () => {
  const world = await enabled(overlay);
  reboot(world.state);
  world.fail({ at: 9, how: 'error', after: false });
  const told: string[] = [];
  expect(await world.startUnit(told)).toMatchObject({ outcome: { kind: 'applied' } });
  expect(told.join('\n')).toContain('once more');
  expect((await planOf(world, overlay)).differences).toEqual([]);
});

test('a killed start is taken back and repeated when its unit is started again', async () => {
  const world = await enabled(overlay);
  reboot(world.state);
  world.fail({ at: 9, how: 'kill', after: true });
  await expect(world.startUnit()).rejects.toThrow();
  world.locked = false;
  const told: string[] = [];
  expect(await world.startUnit(told)).toMatchObject({ outcome: { kind: 'applied' } });
  expect(told.join('\n')).toContain('taken back first');
  expect((await planOf(world, overlay)).differences).toEqual([]);
});
