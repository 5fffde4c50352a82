import { describe, expect, test } from 'vitest';
import { isDiagnosis } from '../src/doctor/ailment.ts';
import { likelyFor } from '../src/doctor/symptom-text.ts';
import { StoreFailed } from '../src/host/store.ts';
import { recordingHost } from '../src/host/transcript-host.ts';
import type { Diagnosis } from '../src/model/finding.ts';
import { diagnoseHost, heldTogether, type Report } from '../src/operate/diagnose.ts';
import type { KernelName } from '../src/sim/kernels.ts';
import { unplug } from '../src/sim/unplug.ts';
import { applyScenario, doLine, scenariosIn, setUp } from './support/scenario.ts';
import { newWorld } from './support/seed/carried-out.ts';
import { chapters } from './support/seed/chapters.ts';
import { type } from './support/seed/typed.ts';
import type { World } from './support/world.ts';

/** What went wrong in the log, and what a person would lose days to, on a simulated host: the doctor names the cause. */

const notHere = /^(if |iperf3|ping|lspci|wget|unzip|#)|apt |dpkg|apt-get|mstf|reboot/;

async function typed(name: string, kernel: KernelName): Promise<World> {
  const world = newWorld({ kernel });
  for (const part of [name.replace(/: .*/, ': packages'), name]) {
    const chapter = chapters.find((one) => one.name === part);
    for (const { typed: line } of chapter?.commands ?? [])
      if (!notHere.test(line)) await type(world.machine, line);
  }
  return world;
}

function report(world: World): Promise<Report> {
  return diagnoseHost(world.process(), undefined, () => world.machine.clock.now());
}

async function findings(world: World): Promise<readonly Diagnosis[]> {
  return (await report(world)).findings.filter(isDiagnosis);
}

function named(found: readonly Diagnosis[], code: string): Diagnosis {
  const one = found.find((finding) => finding.code === code);
  if (!one) throw new Error(`no ${code} among ${found.map((finding) => finding.code).join(', ')}`);
  return one;
}

const words = ({ evidence }: Diagnosis) => evidence.map(({ read, saw }) => `${read}: ${saw}`).join('\n');

describe('the seed’s three failures', () => {
  test('tc offload never worked on Debian 13: the kernel’s option comes first', async () => {
    const found = await findings(await typed('approach 3: host', 'debian-13'));
    expect(found[0]?.code).toBe('VF2100');
    expect(words(named(found, 'VF2100'))).toContain(
      '/boot/config-6.12.117+deb13-amd64: CONFIG_NET_TC_SKB_EXT is not set, CONFIG_MLX5_CLS_ACT is not set',
    );
    expect(words(named(found, 'VF2100'))).toContain('ethtool -k enp3s0f0np0: hw-tc-offload: off [fixed]');
    expect(
      (await report(await typed('approach 3: host', 'doca'))).findings.map(({ code }) => code),
    ).not.toContain('VF2100');
  });

  test('the DPDK VF did not fail over: the switches are never joined, and the rest follows from that', async () => {
    const found = await findings(await typed('approach 2: host', 'debian-13'));
    expect(words(named(found, 'VF2101'))).toContain('lag/flags: shared_fdb:off');
    expect(named(found, 'VF2047').follows).toEqual(['VF2101']);
    expect(found.findIndex(({ code }) => code === 'VF2101')).toBeLessThan(
      found.findIndex(({ code }) => code === 'VF2047'),
    );
    // With the other driver, the switches are joined; what remains wrong is the renamed RDMA device.
    const doca = (await findings(await typed('approach 2: host', 'doca'))).map(({ code }) => code);
    expect(doca).not.toContain('VF2101');
    expect(doca).toContain('VF2103');
  });

  test('`trust` said "Operation not permitted": that is not the cause', async () => {
    const world = await typed('approach 2: host', 'debian-13');
    const root = await type(world.machine, 'sudo ip link set dev enp3s0f0np0 vf 0 trust on');
    expect(root.stderr).toContain('Operation not supported');
    world.state.uid = 1000;
    const said = await type(world.machine, 'ip link set dev enp3s0f0np0 vf 0 trust on');
    expect(said.stderr).toContain('Operation not permitted');
    world.state.uid = 0;
    const here = (await findings(world)).map(({ code }) => code);
    expect(likelyFor(said.stderr, here)[0]?.code).toBe('VF2119');
    expect(words(named(await findings(world), 'VF2119'))).toContain('mode switchdev');
  });
});

describe('a host that was set up by hand', () => {
  test.each([
    ['approach 1: host', 'debian-13'],
    ['approach 2: host', 'debian-13'],
    ['approach 2: host', 'doca'],
    ['approach 3: host', 'debian-13'],
    ['approach 3: host', 'doca'],
  ] as const)('is looked at with 12 processes at most: %s on %s', async (name, kernel) => {
    const world = await typed(name, kernel);
    const { reader, entries } = recordingHost(world.machine);
    await diagnoseHost({ ...world.process(), reader }, undefined, () => world.machine.clock.now());
    const asked = entries().filter(({ ask }) => ask[0] === 'query');
    expect(asked.length, asked.map(({ ask }) => ask.join(' ')).join('\n')).toBeLessThanOrEqual(12);
  });
});

describe('faults that no light on the card shows', () => {
  test('a dead switch behind a live carrier, for a bond that monitors the link', async () => {
    const world = await typed('approach 3: host', 'doca');
    expect((await findings(world)).map(({ code }) => code)).not.toContain('VF2153');
    unplug(world.state, 'switch0');
    const dead = named(await findings(world), 'VF2153');
    expect(dead.where.at).toBe('enp3s0f0np0');
    expect(dead.remedy[0]).toBe('ip link set dev bond0 type bond active_slave enp3s0f1np1');
    expect(words(dead)).toContain('192.168.9.1 on bond0: no answer');
  });

  test('and for one that monitors by ARP, which has left it already', async () => {
    const world = await typed('approach 3: host', 'doca');
    await doLine(world.machine, 'ip link set dev bond0 type bond miimon 0');
    await doLine(
      world.machine,
      'ip link set dev bond0 type bond arp_interval 100 arp_ip_target 192.168.9.254',
    );
    unplug(world.state, 'switch0');
    expect(words(named(await findings(world), 'VF2153'))).toContain('LOWER_UP, mii_status DOWN');
  });

  test('a slot that trained down, and one that is narrow by design', async () => {
    const world = newWorld();
    expect((await findings(world)).map(({ code }) => code)).toEqual(['VF2114']);
    unplug(world.state, 'lanes');
    const down = named(await findings(world), 'VF2113');
    expect(words(down)).toContain('current_link_{speed,width}: 16.0 GT/s x4 (63 Gb/s)');
    expect(words(down)).toContain('0000:00:01.1/max_link_{speed,width}: the slot: 16.0 GT/s x8 (126 Gb/s)');
  });

  test('a guest whose VFs are of one port', async () => {
    const world = newWorld();
    const [web, other] = ['0000:03:00.2', '0000:03:00.3'];
    await type(world.machine, 'echo 0 > /sys/bus/pci/devices/0000:03:00.0/sriov_drivers_autoprobe');
    await type(world.machine, 'echo 4 > /sys/bus/pci/devices/0000:03:00.0/sriov_numvfs');
    await doLine(world.machine, 'modprobe vfio-pci');
    for (const pci of [web, other]) {
      await type(world.machine, `echo vfio-pci > /sys/bus/pci/devices/${pci}/driver_override`);
      await type(world.machine, `echo ${pci} > /sys/bus/pci/drivers_probe`);
    }
    await doLine(
      world.machine,
      `qemu-system-x86_64 -device vfio-pci,host=${web} -device vfio-pci,host=${other}`,
    );
    const one = named(await findings(world), 'VF2150');
    expect(one.message).toContain('all on port 0000:03:00.0');
  });
});

test('the firmware’s refusals are read from the kernel’s log, with the VFs that caused them', async () => {
  const world = newWorld({ kernel: 'doca' });
  await type(world.machine, 'echo 2 > /sys/bus/pci/devices/0000:03:00.0/sriov_numvfs');
  await world.machine
    .run(['devlink', 'dev', 'eswitch', 'set', 'pci/0000:03:00.0', 'mode', 'switchdev'])
    .catch(() => {});
  const refused = named(await findings(world), 'VF2130');
  expect(words(refused)).toContain('syndrome (0x98afbb)');
  for (const line of refused.remedy)
    expect(await type(world.machine, line)).toMatchObject({ code: 0, stderr: '' });
  expect((await findings(world)).map(({ code }) => code)).not.toContain('VF2130');
});

describe('a host set up by vflane', () => {
  const names = [
    'two-hosts',
    'ovs-tc',
    'ovs-dpdk',
    'software-ovs-tc',
    'ovs-tc-on-a-vlan',
    'ovs-tc-in-software',
  ];
  test.each(names.flatMap(scenariosIn))(
    '$name: everything can be looked at, and nothing is wrong',
    async (one) => {
      const { world } = await setUp(one);
      await applyScenario(world, one);
      const clock = () => world.machine.clock.now();
      const named = await diagnoseHost(world.process(), { fabric: one.fabric, host: one.host }, clock);
      expect(named.unlooked).toEqual([]);
      const wrong = named.findings.filter(isDiagnosis).filter(({ severity }) => severity !== 'info');
      // Where the file allows software forwarding, there are two switches.
      const known = one.name.startsWith('ovs-tc-in-software') ? ['VF2047'] : [];
      expect(wrong.map(({ code }) => code)).toEqual(known);
      expect(heldTogether([named])).toEqual([named]);
    },
  );

  test('whose journal only root may read is still looked at', async () => {
    const site = newWorld().process();
    const fold = () => Promise.reject(new StoreFailed('cannot read /var/lib/vflane/journal: EACCES'));
    const { unlooked, verdicts } = await diagnoseHost({ ...site, fold }, undefined, () => 0);
    expect(unlooked).toContainEqual({ what: 'journal', why: expect.stringContaining('EACCES') });
    expect(verdicts).toHaveLength(3);
  });

  test('without root it says what it could not read, and calls none of that fine', async () => {
    const world = newWorld();
    world.state.uid = 1000;
    const { unlooked, findings: found, verdicts } = await report(world);
    expect(found.map(({ code }) => code)).toContain('VF2006');
    expect(unlooked.map(({ why }) => why).join('\n')).toMatch(
      /dmesg: read kernel buffer failed: Operation not permitted/,
    );
    expect(verdicts.find(({ datapath }) => datapath === 'ovs-tc')?.verdict).not.toBe('hardware');
  });
});
