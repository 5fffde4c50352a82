import { describe, expect, test } from 'vitest';
import { parseFabric } from '../src/fabric/parse-fabric.ts';
import type { Fabric } from '../src/model/fabric.ts';
import type { Plan } from '../src/model/plan.ts';
import { planFromFile } from '../src/operate/plan-host.ts';
import { createState } from '../src/sim/create.ts';
import { memoryKeeper } from '../src/sim/keeper.ts';
import { simOptions } from '../src/sim/open-sim.ts';
import { SimHost } from '../src/sim/sim-host.ts';
import { applyFile } from './support/scenario.ts';
import { World } from './support/world.ts';

/** A change that interrupts guests names every one of them first, in each datapath. */
interface Rack {
  readonly datapath: string;
  readonly on?: 'card' | 'software';
  readonly vfs?: number;
  readonly mtu?: number;
  readonly ports?: string;
  /** Further keys of the host and of its underlay. */
  readonly more?: string;
  readonly underlay?: string;
}

function textOf({ datapath, on = 'card', vfs = 8, mtu = 1500, ports = 'eth1, eth2', ...rack }: Rack): string {
  const isCard = on === 'card';
  const underlay = `{ address: 192.168.9.1/24${isCard ? '' : `, ports: [${ports}]`}${rack.underlay ?? ''} }`;
  return [
    'name: rack7',
    'networks:',
    `  storage: { id: 42, mtu: ${mtu}, subnet: 192.168.10.0/24 }`,
    'hosts:',
    '  alpha:',
    `    connect: sim:${isCard ? 'connectx5/doca' : 'plain'}`,
    `    datapath: ${datapath}`,
    ...(isCard ? ['    nic: "0000:03:00"', `    vfs: ${vfs}`] : ['    nic: software']),
    ...(datapath === 'legacy-vlan' ? [] : [`    underlay: ${underlay}`]),
    rack.more ?? '',
    '    guests:',
    '      web: { netns: true, networks: { storage: 192.168.10.2/24 } }',
    // Nobody has it open: no guest loses anything.
    '      idle: { external: true, networks: { storage: 192.168.10.3/24 } }',
    ...(isCard ? ['      here: { host: true, networks: { storage: 192.168.10.4/24 } }'] : []),
  ].join('\n');
}

function fabricOf(rack: Rack): Fabric {
  const { fabric, findings } = parseFabric(textOf(rack), 'fabric.yaml');
  if (!fabric) throw new Error(findings.map(({ message }) => message).join('; '));
  return fabric;
}

/** A host with this file applied. */
async function hostWith(from: Rack): Promise<World> {
  const fabric = fabricOf(from);
  const [host] = fabric.hosts;
  if (host?.connect.kind !== 'sim') throw new Error('not simulated');
  const options = simOptions('alpha', host.connect);
  if ('wrong' in options) throw new Error(options.wrong);
  const state = createState(options);
  const world = new World(new SimHost(memoryKeeper(state), { name: 'alpha', onKill: () => {} }));
  const outcome = await applyFile(world, fabric, host, { allowDisruption: false }, 'before');
  expect(outcome).toMatchObject({ kind: 'applied' });
  return world;
}

/** The plan from one file to another, on a host with the first applied. */
async function planBetween(from: Rack, to: Rack, allowDisruption = false): Promise<Plan> {
  const world = await hostWith(from);
  const fabric = fabricOf(to);
  const [host] = fabric.hosts;
  if (!host) throw new Error('no host');
  return (await planFromFile(world.process(), fabric, host, { allowDisruption })).plan;
}

const named = ({ findings }: Plan) =>
  findings.flatMap(({ code, severity, message }) =>
    severity === 'error' ? [`${code} ${message.split(' ')[1]}`] : [],
  );

const bonded = { datapath: 'ovs-tc' } as const;
const software = { datapath: 'ovs-tc', on: 'software' } as const;
const inUserSpace = { datapath: 'ovs-dpdk', on: 'software' } as const;
const watched = ', arp-targets: [192.168.9.254]';
const cardGuests = ['here', 'web'];

describe.each<[string, Rack, Rack, readonly string[]]>([
  ['the pool, legacy-vlan', { datapath: 'legacy-vlan' }, { datapath: 'legacy-vlan', vfs: 9 }, cardGuests],
  ['the pool, ovs-tc', bonded, { ...bonded, vfs: 9 }, cardGuests],
  ['the pool, ovs-dpdk', { datapath: 'ovs-dpdk' }, { datapath: 'ovs-dpdk', vfs: 9 }, cardGuests],
  [
    'the PFs’ MTU, legacy-vlan',
    { datapath: 'legacy-vlan' },
    { datapath: 'legacy-vlan', mtu: 9000 },
    cardGuests,
  ],
  ['the PFs’ MTU, ovs-tc', bonded, { ...bonded, mtu: 9000 }, cardGuests],
  ['the PFs’ MTU, ovs-dpdk', { datapath: 'ovs-dpdk' }, { datapath: 'ovs-dpdk', mtu: 9000 }, cardGuests],
  ['the ports’ MTU without a card', software, { ...software, mtu: 8900 }, ['web']],
  ['a restart of Open vSwitch, ovs-tc', bonded, { ...bonded, more: '    offload: off' }, cardGuests],
  ['a restart without a card', software, { ...software, more: '    offload: preferred' }, ['web']],
  ['another datapath', bonded, { datapath: 'ovs-dpdk' }, cardGuests],
  ['how the bond watches its ports, ovs-tc', bonded, { ...bonded, underlay: watched }, cardGuests],
  ['the same without a card', software, { ...software, underlay: watched }, ['web']],
  ['the bond taken apart', software, { ...software, ports: 'eth1' }, ['web']],
  ['the bond made', { ...software, ports: 'eth1' }, software, ['web']],
  ['the bond taken apart in user space', inUserSpace, { ...inUserSpace, ports: 'eth1' }, ['web']],
])('%s', (_what, from, to, guests) => {
  test('names every guest first, and is refused', async () => {
    expect(named(await planBetween(from, to)).sort()).toEqual(guests.map((guest) => `VF3003 ${guest}`));
  });

  test('is planned if allowed, and its steps name them', async () => {
    const { findings, steps } = await planBetween(from, to, true);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect([...new Set(steps.flatMap(({ disrupts }) => disrupts))].sort()).toEqual(guests);
  });
});

test.each<[string, Rack, Rack]>([
  ['smaller MTUs above', { ...software, mtu: 1500 }, { ...software, mtu: 1400 }],
  ['nothing', bonded, bonded],
])('%s interrupts nobody', async (_what, from, to) => {
  expect(named(await planBetween(from, to))).toEqual([]);
});

test('no VF is bound while the card separates its switches and joins them again', async () => {
  const world = await hostWith(bonded);
  const fabric = fabricOf({ ...bonded, underlay: watched });
  const [host] = fabric.hosts;
  if (!host) throw new Error('no host');
  const outcome = await applyFile(world, fabric, host, { allowDisruption: true }, 'watched');
  expect(outcome).toMatchObject({ kind: 'applied' });
  expect(world.machine.state.dmesg.join('\n')).not.toMatch(/Failed to (de)?activate/);
});
