import { describe, expect, test } from 'vitest';
import type { Datapath } from '../src/model/fabric.ts';
import type { Finding } from '../src/model/finding.ts';
import type { KernelName } from '../src/sim/kernels.ts';
import { carryOutPlan, doLine } from './support/scenario.ts';
import { newWorld, planOn } from './support/seed/carried-out.ts';
import { chapters } from './support/seed/chapters.ts';
import { type } from './support/seed/typed.ts';
import type { World } from './support/world.ts';

/** The log typed on a simulated host, word for word: what it leads to, and what vflane says about it. */

/** Lines for which the simulated host has no program, or which are typed elsewhere. */
const notHere = /^(if |iperf3|ping|lspci|wget|unzip|#)|apt |dpkg|apt-get|mstf|reboot/;

interface Answer {
  readonly typed: string;
  readonly said: string;
  readonly code: number;
}

/** Types a chapter, and returns what was refused. */
async function typeChapter(world: World, name: string): Promise<readonly Answer[]> {
  const chapter = chapters.find((one) => one.name === name);
  const refused: Answer[] = [];
  for (const { typed } of chapter?.commands ?? []) {
    if (notHere.test(typed)) continue;
    const { code, stderr } = await type(world.machine, typed);
    if (code !== 0) refused.push({ typed, said: stderr.trim(), code });
  }
  return refused;
}

async function findingsOn(world: World, datapath: Datapath): Promise<readonly Finding[]> {
  return (await planOn(world, datapath)).plan.findings;
}

function codes(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map(({ code }) => code))].sort();
}

/** A chapter typed for the first time, on a kernel. */
async function typedOn(name: string, kernel: KernelName, ...before: readonly string[]) {
  const world = newWorld({ kernel });
  for (const line of before) await doLine(world.machine, line);
  return { world, refused: await typeChapter(world, name) };
}

/** Every command in a hint, as written there. */
function commandsIn({ hint }: Finding): readonly string[] {
  return hint.match(/(?:echo|ovs-vsctl|ip addr|ip link) [^;]*?(?=;|\)? and ask again|\)?\.$)/g) ?? [];
}

/** Types what the findings say, until nothing forbids the plan. */
async function followHints(world: World, datapath: Datapath): Promise<readonly string[]> {
  const followed: string[] = [];
  for (const finding of await findingsOn(world, datapath)) {
    for (const command of commandsIn(finding)) {
      expect({ command, ...(await type(world.machine, command)) }).toMatchObject({ code: 0, stderr: '' });
      followed.push(command);
    }
  }
  return followed;
}

/** Set up by hand, mended as the findings say, and then taken over by vflane. */
async function expectTakenOver(world: World, datapath: Datapath): Promise<void> {
  expect(await followHints(world, datapath)).not.toEqual([]);
  const { plan } = await planOn(world, datapath);
  expect(plan.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(await carryOutPlan(world.process(), plan, 'apply', 'taken-over')).toMatchObject({ kind: 'applied' });
  expect((await planOn(world, datapath)).differences).toEqual([]);
}

async function endVms({ machine, state }: World): Promise<void> {
  for (const { pid } of [...state.processes]) await machine.run(['kill', `${pid}`]);
}

describe('approach 1', () => {
  test('works once; the second time new_id and what follows are refused', async () => {
    const { world, refused } = await typedOn('approach 1: host', 'debian-13');
    expect(refused).toEqual([]);
    await endVms(world);
    const again = await typeChapter(world, 'approach 1: host');
    expect(again.map(({ said }) => said.replace(/^.*: /, ''))).toEqual([
      'File exists',
      ...Array(2).fill('No such device'),
      ...Array(2).fill('Device or resource busy'),
    ]);
  });

  test('vflane names the running VM, its image and its VFs, foreign VFs, and new_id', async () => {
    const { world } = await typedOn('approach 1: host', 'debian-13');
    const running = ['VF2072', 'VF2078', 'VF2086', 'VF3002', 'VF3003'];
    expect(codes(await findingsOn(world, 'legacy-vlan'))).toEqual(running);
    await endVms(world);
    expect(codes(await findingsOn(world, 'legacy-vlan'))).toEqual(['VF2043', 'VF2086', 'VF3002']);
    await expectTakenOver(world, 'legacy-vlan');
  });
});

describe('approach 3', () => {
  test.each(['debian-13', 'doca'] as const)('is typed through on %s', async (kernel) => {
    const { refused } = await typedOn('approach 3: host', kernel);
    expect(refused).toEqual([]);
  });

  test('is refused if the ports were up: the bond takes neither, and there is no LAG', async () => {
    const up = ['enp3s0f0np0', 'enp3s0f1np1'].map((netdev) => `ip link set dev ${netdev} up`);
    const { world, refused } = await typedOn('approach 3: host', 'debian-13', ...up);
    expect(refused.map(({ said }) => said)).toEqual([
      ...Array(2).fill(expect.stringContaining('Device can not be enslaved while up')),
      'not active after ten seconds',
    ]);
    expect(codes(await findingsOn(world, 'ovs-tc'))).toContain('VF2030');
  });

  test('on Debian 13 everything works and nothing is in hardware: vflane says why before it begins', async () => {
    const { world } = await typedOn('approach 3: host', 'debian-13');
    await endVms(world);
    const findings = await findingsOn(world, 'ovs-tc');
    expect(codes(findings)).toEqual(['VF2030', 'VF2043', 'VF2047', 'VF2049', 'VF2086', 'VF3002']);
  });

  test('with one port’s channels raised, vflane points at the other one', async () => {
    const { world } = await typedOn('approach 3: host', 'doca');
    expect(await typeChapter(world, 'misc notes')).toEqual([]);
    const findings = await findingsOn(world, 'ovs-tc');
    expect(findings.find(({ code }) => code === 'VF2042')?.message).toMatch(/enp3s0f1np1 .* has 1 of its 32/);
  });

  test('following the findings makes room for vflane', async () => {
    const { world } = await typedOn('approach 3: host', 'doca');
    await endVms(world);
    await expectTakenOver(world, 'ovs-tc');
  });

  test('in another order, waiting for "active" alone accepts a RoCE LAG', async () => {
    const world = newWorld({ kernel: 'doca' });
    const bonding = [
      'sudo ip link add dev bond0 type bond mode active-backup miimon 100',
      'sudo ip link set dev enp3s0f0np0 master bond0',
      'sudo ip link set dev enp3s0f1np1 master bond0',
      'while ! [ $(sudo cat /sys/kernel/debug/mlx5/0000:03:00.0/lag/state) == "active" ]; do printf .; sleep 1; done; echo',
    ];
    for (const line of bonding) expect(await type(world.machine, line)).toMatchObject({ code: 0 });
    expect(codes(await findingsOn(world, 'ovs-tc'))).toContain('VF2040');
  });

  test('with VFs bound first, the card makes no LAG, and only vflane says so', async () => {
    const world = newWorld({ kernel: 'doca' });
    const early = [
      'sudo devlink dev eswitch set pci/0000:03:00.0 mode switchdev',
      'sudo devlink dev eswitch set pci/0000:03:00.1 mode switchdev',
      "echo '2' | sudo tee -a /sys/class/net/enp3s0f0np0/device/sriov_numvfs",
      'sudo ip link add dev bond0 type bond mode active-backup miimon 100',
      'sudo ip link set dev enp3s0f0np0 master bond0',
      'sudo ip link set dev enp3s0f1np1 master bond0',
    ];
    for (const line of early) expect(await type(world.machine, line)).toMatchObject({ code: 0, stderr: '' });
    const none = (await findingsOn(world, 'ovs-tc')).find(({ code }) => code === 'VF2048');
    expect(none?.message).toContain('0000:03:00.2, 0000:03:00.3');
  });
});

describe('approach 2', () => {
  async function typedTwoWays(kernel: KernelName) {
    const world = newWorld({ kernel });
    expect(await typeChapter(world, 'approach 2: packages')).toEqual([]);
    expect(await typeChapter(world, 'approach 2: host')).toEqual([]);
    await endVms(world);
    return { world, findings: await findingsOn(world, 'ovs-dpdk') };
  }

  test('on Debian 13 nothing is refused but no VF fails over: vflane says why', async () => {
    const { findings } = await typedTwoWays('debian-13');
    const why = findings.filter(({ code }) => code === 'VF2036' || code === 'VF2047');
    expect(why.map(({ message }) => message)).toEqual([
      expect.stringContaining('no VF would fail over'),
      expect.stringContaining('shared_fdb:off'),
    ]);
  });

  test('with the other driver the switches are joined, and vflane names what else was made by hand', async () => {
    const { world, findings } = await typedTwoWays('doca');
    const expected = ['VF2043', 'VF2049', 'VF2054', 'VF2055', 'VF3002'];
    expect(codes(findings)).toEqual(expect.arrayContaining(expected));
    expect(codes(findings)).not.toContain('VF2047');
    // About a bridge with the name it needs, vflane only says that it is in the way.
    for (const bridge of ['br-phy', 'br-vxlan']) await world.machine.run(['ovs-vsctl', 'del-br', bridge]);
    await expectTakenOver(world, 'ovs-dpdk');
  });
});
