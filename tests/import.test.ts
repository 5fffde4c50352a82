import { describe, expect, test } from 'vitest';
import type { Imported } from '../src/discover/import-hosts.ts';
import type { HostReader } from '../src/host/host.ts';
import { StoreFailed } from '../src/host/store.ts';
import type { Finding } from '../src/model/finding.ts';
import { planToAdopt } from '../src/operate/plan-adopt.ts';
import { planToDestroy, planToUndo } from '../src/operate/plan-back.ts';
import { readerOf } from './support/half-seen.ts';
import { importWorlds, parsed, planOfText, typedHost } from './support/import.ts';
import { carryOutPlan, errorsIn, scenariosIn, setUpApplied } from './support/scenario.ts';
import { newWorld } from './support/seed/carried-out.ts';
import { chapters } from './support/seed/chapters.ts';
import { type } from './support/seed/typed.ts';
import type { World } from './support/world.ts';

/** What was set up by hand with the log's own commands, as a file; and that file's plan. */

function codesOf({ findings, reports }: Imported): readonly string[] {
  const all: readonly Finding[] = [...findings, ...reports.flatMap(({ value }) => value?.findings ?? [])];
  return [...new Set(all.filter(({ severity }) => severity !== 'info').map(({ code }) => code))].sort();
}

const approaches = [
  ['approach 1', 'debian-13', ['approach 1: host'], 'legacy-vlan', 'vlan40: { id: 40, mtu: 9000 }'],
  [
    'approach 2',
    'doca',
    ['approach 2: packages', 'approach 2: host'],
    'ovs-dpdk',
    'vni42: { id: 42, mtu: 9000 }',
  ],
  [
    'approach 2',
    'debian-13',
    ['approach 2: packages', 'approach 2: host'],
    'ovs-dpdk',
    'vni42: { id: 42, mtu: 9000 }',
  ],
  ['approach 3', 'doca', ['approach 3: host'], 'ovs-tc', 'vni42: { id: 42, mtu: 9000 }'],
  ['approach 3', 'debian-13', ['approach 3: host'], 'ovs-tc', 'vni42: { id: 42, mtu: 9000 }'],
] as const;

describe.each(approaches)('%s typed by hand on %s', (_, kernel, names, datapath, network) => {
  test('is a valid file whose plan is empty, and nothing is changed', async () => {
    const world = await typedHost(kernel, ...names);
    const before = structuredClone(world.state);
    const { text, reports, troubled } = await importWorlds({ alpha: world });
    expect(troubled).toEqual([]);
    expect(text).toContain(`    datapath: ${datapath}\n`);
    expect(text).toContain(`  ${network}\n`);
    expect(text).toMatch(/# held by qemu-system-x86 \(pid \d+\)\n {6}vm1:\n {8}external: true/);
    expect({ ...world.state, clock: 0 }).toEqual({ ...before, clock: 0 });
    const { plan, differences } = await planOfText(world, text);
    expect({ steps: plan.steps, differences, errors: errorsIn(plan) }).toEqual({
      steps: [],
      differences: [],
      errors: [],
    });
    expect(reports.map(({ value }) => value?.looked.plan.differences)).toEqual([[]]);
  });
});

describe('unsafe things are reported', () => {
  test('approach 1: VFs that may send anything', async () => {
    const imported = await importWorlds({ alpha: await typedHost('debian-13', 'approach 1: host') });
    expect(codesOf(imported)).toEqual(expect.arrayContaining(['VF2274', 'VF2106']));
    expect(imported.text).toContain('vlan40: { address: none, vf: 1, spoofchk: false }');
    const macs = imported.hosts[0]?.asFound.filter(({ resource }) => resource === 'vf-mac');
    expect(macs?.map(({ at }) => at)).toEqual(['0000:03:00.0/1', '0000:03:00.1/1']);
  });

  test('approach 2 on a stock kernel: that no VF fails over', async () => {
    const world = await typedHost('debian-13', 'approach 2: packages', 'approach 2: host');
    expect(codesOf(await importWorlds({ alpha: world }))).toEqual(
      expect.arrayContaining(['VF2036', 'VF2101']),
    );
  });

  test('approach 3: a bridge that confines nobody, and a far end that was not looked at', async () => {
    const imported = await importWorlds({ alpha: await typedHost('doca', 'approach 3: host') });
    expect(codesOf(imported)).toEqual(
      expect.arrayContaining(['VF2104', 'VF2141', 'VF2142', 'VF2143', 'VF2276', 'VF2277']),
    );
    const bridge = imported.findings.find(({ code }) => code === 'VF2276');
    expect(bridge?.message).toMatch(/not secure.*not protected ports.*own port up/);
  });
});

test('without root the file says what it may lack', async () => {
  const world = await typedHost('doca', 'approach 3: host');
  const fold = () => Promise.reject(new StoreFailed('cannot read /var/lib/vflane/journal: EACCES'));
  world.state.uid = 1000;
  const { text, troubled, findings } = await importWorlds({ alpha: world }, undefined, { fold });
  expect({ troubled, text }).toMatchObject({ troubled: [], text: expect.stringContaining('alpha:') });
  const lacks = findings.filter(({ code }) => code === 'VF2283').map(({ message }) => message);
  expect(lacks.join('\n')).toMatch(
    /who has which VF open could not be looked at[\s\S]*vflane’s journal could not/,
  );
});

test('a VM of libvirt has its name in libvirt', async () => {
  const world = await typedHost('doca', 'approach 3: host');
  const named = (reader: HostReader) =>
    readerOf(reader, async ([kind, path = ''], answer) =>
      kind === 'read' && /^\/proc\/\d+\/cgroup$/.test(path)
        ? '0::/machine.slice/machine-qemu\\x2d3\\x2dceph\\x2dnode1.scope/libvirt/emulator\n'
        : answer(),
    );
  const { text } = await importWorlds({ alpha: world }, named);
  expect(text).toMatch(
    /# held by qemu-system-x86 \(pid \d+, libvirt’s ceph-node1\)\n {6}ceph-node1:\n {8}external: true/,
  );
  const { steps, findings } = (await planOfText(world, text)).plan;
  expect({ steps, errors: findings.filter(({ severity }) => severity === 'error') }).toEqual({
    steps: [],
    errors: [],
  });
});

describe('adopted', () => {
  const allocationOf = {
    'legacy-vlan': { 'vm1/vlan40': 1 },
    'ovs-tc': { 'vm1/vni42': 0 },
    'ovs-dpdk': { 'vm1/vni42': 0 },
  };

  test.each(approaches)('%s on %s is vflane’s without a change, and is given back so', async (...row) => {
    const [, kernel, names, datapath] = row;
    const world = await typedHost(kernel, ...names);
    const { text } = await importWorlds({ alpha: world });
    const log = world.state.log.length;
    expect(await adopt(world, text)).toMatchObject({ kind: 'applied' });
    expect(world.state.log).toHaveLength(log);
    const { ledger } = await world.process().fold();
    expect(ledger.allocation).toEqual(allocationOf[datapath]);
    expect([...ledger.entries.keys()]).toContain('num-vfs 0000:03:00.0');
    const again = await planOfText(world, text);
    expect({ steps: again.plan.steps, differences: again.differences }).toEqual({
      steps: [],
      differences: [],
    });
    expect(await adoption(world, text)).toBeUndefined();

    for (const back of [planToUndo, planToDestroy]) {
      const given = world.clone();
      const planned = await back(given.process(), undefined, { allowDisruption: false });
      expect(planned?.plan.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      const outcome = planned && (await carryOutPlan(given.process(), planned.plan, 'undo', 'back'));
      expect(outcome).toMatchObject({ kind: 'applied' });
      expect(given.state.log).toEqual([]);
      expect((await given.process().fold()).ledger.entries.size).toBe(0);
    }
  });

  test('an added guest gets a VF of an adopted pool, and is refused one that was not adopted', async () => {
    const world = await typedHost('debian-13', 'approach 1: host');
    const { text = '' } = await importWorlds({ alpha: world });
    const more = text.replace(
      '    guests:\n',
      '    guests:\n      web: { netns: true, networks: { vlan40: none } }\n',
    );
    expect(errorsIn((await planOfText(world, more)).plan)).toEqual(['VF3002', 'VF3002']);
    await adopt(world, text);
    const { plan } = await planOfText(world, more);
    expect(errorsIn(plan)).toEqual([]);
    expect(plan.allocation).toEqual({ 'vm1/vlan40': 1, 'web/vlan40': 0 });
    expect(plan.steps.flatMap(({ disrupts }) => disrupts)).toEqual([]);
    expect(await carryOutPlan(world.process(), plan, 'apply', 'more')).toMatchObject({ kind: 'applied' });
    expect((await planOfText(world, more)).differences).toEqual([]);
    expect(world.state.processes).not.toEqual([]);
  });

  test('after a reboot the file sets up what was adopted, and that is vflane’s own then', async () => {
    const world = await typedHost('debian-13', 'approach 1: host');
    const { text } = await importWorlds({ alpha: world });
    await adopt(world, text);
    await world.machine.reboot();
    const nothing = await planToDestroy(world.process(), undefined, { allowDisruption: false });
    expect(nothing.plan.steps.flatMap(({ actions }) => actions)).toEqual([]);
    const { plan } = await planOfText(world, text);
    const o = await carryOutPlan(world.process(), plan, 'apply', 'anew');
    expect(o).toMatchObject({ kind: 'applied' });
    const { ledger } = await world.process().fold();
    expect(ledger.entries.get('num-vfs 0000:03:00.0')).toMatchObject({ value: 2, was: null });
  });
});

/** What no host shows: the file's other hosts, its networks' ARP targets, what a VM was made from. */
const ofOthers = [
  'underlay-guard',
  'bridge-port',
  'kept-flows',
  'flows',
  'guest-route',
  'representor',
  'guest-link',
];
const roundTrips = [
  ['two-external-guests', []],
  ['pool-of-127', []],
  ['guest-removed', []],
  ['namespace-guest', ['pf-mtu']],
  ['arp-targets-changed', []],
  ['one-vm-guest', ['vm-seed', 'vm-template', 'vm-unit', 'vm-autostart', 'vm-running']],
  ['ovs-tc', ofOthers],
  ['ovs-dpdk', [...ofOthers, 'underlay-bridge', 'underlay-route']],
  ['software-ovs-tc', [...ofOthers, 'host-bond', 'vlan-link']],
] as const;

describe('what vflane set up itself', () => {
  test.each(roundTrips)(
    '%s: is imported, and what the file leaves as found is only %j',
    async (name, kinds) => {
      for (const scenario of scenariosIn(name)) {
        const { world, outcome } = await setUpApplied(scenario);
        expect(outcome.kind).toBe('applied');
        const { text, hosts } = await importWorlds({ [scenario.host.name]: world });
        const { plan, differences } = await planOfText(world, text, scenario.host.name);
        expect({ steps: plan.steps, differences, errors: errorsIn(plan) }).toEqual({
          steps: [],
          differences: [],
          errors: [],
        });
        const left = new Set(hosts.flatMap(({ asFound }) => asFound.map(({ resource }) => resource)));
        expect([...left].filter((kind) => !kinds.some((one) => one === kind))).toEqual([]);
        const names = (all: readonly { readonly name: string }[]) => all.map((one) => one.name).sort();
        expect(names(hosts[0]?.guests ?? [])).toEqual(names(scenario.host.guests));
      }
    },
  );
});

/** Approach 1 with these lines typed before the VM was started, or after. */
async function legacyWith(...lines: readonly string[]) {
  const world = await typedHost('debian-13', 'approach 1: host');
  for (const line of lines) await type(world.machine, line);
  const imported = await importWorlds({ alpha: world });
  const { plan, differences } = await planOfText(world, imported.text);
  expect({ steps: plan.steps, differences }).toEqual({ steps: [], differences: [] });
  return imported;
}

describe('other things set up by hand', () => {
  test.each([
    [
      'give both VFs of a guest the same MAC',
      ['enp3s0f0np0', 'enp3s0f1np1'].map((pf) => `ip link set dev ${pf} vf 1 mac 02:00:00:00:00:01`),
      ['VF2149'],
    ],
    [
      'leave a VM on the untagged wire',
      ['ip link set dev enp3s0f0np0 vf 1 vlan 0', 'ip link set dev enp3s0f1np1 vf 1 vlan 0'],
      ['VF2272'],
    ],
    ['have two VLANs on the two VFs of one VM', ['ip link set dev enp3s0f1np1 vf 1 vlan 41'], ['VF2273']],
    ['trust a guest', ['ip link set dev enp3s0f0np0 vf 1 trust on'], ['VF2275']],
  ])('%s, and is told of it', async (_, lines, expected) => {
    expect(codesOf(await legacyWith(...lines))).toEqual(expect.arrayContaining(expected));
  });

  test('a VM on the untagged wire is not in the file, and its VFs stay as they are', async () => {
    const { text, hosts } = await legacyWith(
      'ip link set dev enp3s0f0np0 vf 1 vlan 0',
      'ip link set dev enp3s0f1np1 vf 1 vlan 0',
    );
    expect(hosts[0]?.guests).toEqual([]);
    expect(text).toMatch(/vf-driver:\n(.*\n)*? {8}"0000:03:00.0\/1": vfio-pci/);
  });

  test('well-chosen MACs go into the file', async () => {
    const { text, hosts } = await legacyWith(
      'ip link set dev enp3s0f0np0 vf 1 mac 02:00:00:00:00:01',
      'ip link set dev enp3s0f1np1 vf 1 mac 02:00:00:00:00:02',
    );
    expect(text).toContain('mac: ["02:00:00:00:00:01", "02:00:00:00:00:02"]');
    expect(hosts[0]?.asFound.some(({ resource }) => resource === 'vf-mac')).toBe(false);
  });

  test.each(['options:key=flow', 'options:remote_ip=flow options:key=flow'])(
    'leave it to flows what a tunnel is (%s)',
    async (options) => {
      const world = await typedHost('doca', 'approach 3: host');
      await type(world.machine, `ovs-vsctl set Interface vxlan0 ${options}`);
      const imported = await importWorlds({ alpha: world });
      expect(codesOf(imported)).toContain('VF2278');
      expect(imported.text).toContain('  ovs-sriov: { id: 16000000, mtu: 9000 }');
      expect((await planOfText(world, imported.text)).differences).toEqual([]);
    },
  );
});

test('both ends of a tunnel are one network of one file', async () => {
  const alpha = await typedHost('doca', 'approach 3: host');
  const beta = newWorld({ kernel: 'doca' });
  const { commands } = chapters.find(({ name }) => name === 'approach 3: host') ?? { commands: [] };
  const swapped = (line: string) =>
    line.replace(/192\.168\.9\.([12])/g, (_, end) => `192.168.9.${end === '1' ? 2 : 1}`);
  for (const { typed } of commands) if (!/^if |wget/.test(typed)) await type(beta.machine, swapped(typed));
  const imported = await importWorlds({ alpha, beta });
  expect(codesOf(imported)).not.toContain('VF2277');
  const fabric = parsed(imported.text);
  expect(fabric.networks.map(({ name, id }) => [name, id])).toEqual([['vni42', 42]]);
  expect(fabric.hosts.map(({ guests }) => guests.map(({ name }) => name))).toEqual([['vm1'], ['beta-vm1']]);
  for (const [name, world] of Object.entries({ alpha, beta })) {
    const { plan, differences } = await planOfText(world, imported.text, name);
    expect({ steps: plan.steps, differences, errors: errorsIn(plan) }).toEqual({
      steps: [],
      differences: [],
      errors: [],
    });
  }
});

test('without as-found the plan says what would change, and what forbids it', async () => {
  const world = await typedHost('doca', 'approach 3: host');
  const { text = '' } = await importWorlds({ alpha: world });
  const bare = text.replace(/ {4}# Set up by hand(.|\n)*$/, '');
  const { plan } = await planOfText(world, bare);
  expect(plan.steps.map(({ resource }) => resource)).toEqual(
    expect.arrayContaining(['bridge', 'flows', 'channels']),
  );
  expect(errorsIn(plan)).toEqual(expect.arrayContaining(['VF2049', 'VF3003']));
});

async function adoption(world: World, text: string | undefined) {
  const fabric = parsed(text);
  const [host] = fabric.hosts;
  if (!host) throw new Error('the file has no host');
  return planToAdopt(world.process(), host, { allowDisruption: false }, fabric);
}

async function adopt(world: World, text: string | undefined) {
  const planned = await adoption(world, text);
  if (!planned) throw new Error('there is nothing to adopt');
  return carryOutPlan(world.process(), planned.plan, 'adopt', 'adopted');
}
