import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labDown, labUp } from '../src/lab/lab.ts';
import { run } from '../src/lab/run.ts';
import { labDestination, labStatus } from '../src/lab/status.ts';

const dir = mkdtempSync(join(tmpdir(), 'vflane-lab-boot-'));
const lab = join(dir, 'lab');

/** The output of a command on the host; a failing one fails the test with its stderr. */
async function alpha(command: string): Promise<string> {
  const ran = await run(['ssh', ...labDestination(lab, 'alpha'), command], { timeoutMs: 60_000 });
  expect({ command, code: ran.code, stderr: ran.stderr }).toEqual({ command, code: 0, stderr: '' });
  return ran.stdout.trim();
}

beforeAll(async () => {
  const program = join(dir, 'switches.cjs');
  const stdin = {
    contents:
      "import { serveSwitches } from './src/lab/switch-serve.ts'; void serveSwitches(process.argv[2]);",
    resolveDir: process.cwd(),
    loader: 'ts' as const,
  };
  await build({ stdin, bundle: true, platform: 'node', format: 'cjs', outfile: program, logLevel: 'error' });
  await labUp({
    dir: lab,
    hosts: ['alpha'],
    onProgress: (line) => console.log(line),
    serveSwitches: [process.execPath, program],
  });
});

afterAll(async () => {
  await labDown({ dir: lab, purge: true });
  rmSync(dir, { recursive: true });
});

describe('a host of the lab', () => {
  it('has two igb ports, each in an IOMMU group of its own', async () => {
    const links = JSON.parse(await alpha('ip -j link')) as { ifname: string; address: string }[];
    const ports = links.filter((link) => link.ifname.startsWith('enp1s0f'));
    expect(ports.map(({ ifname, address }) => [ifname, address])).toEqual([
      ['enp1s0f0', '02:00:00:00:01:00'],
      ['enp1s0f1', '02:00:00:00:01:01'],
    ]);
    expect(await alpha('ethtool -k enp1s0f0 | grep tx-checksumming')).toBe('tx-checksumming: off');
  });

  it('makes VFs, each in an IOMMU group of its own', async () => {
    for (const port of [0, 1]) {
      await alpha(`ip link set enp1s0f${port} up`);
      await alpha(`echo 2 > /sys/bus/pci/devices/0000:01:00.${port}/sriov_numvfs`);
    }
    const groups = (await alpha('readlink -f /sys/bus/pci/devices/0000:01:*/iommu_group')).split('\n');
    expect(new Set(groups).size).toBe(6);
    const links = JSON.parse(await alpha('ip -j -d addr show')) as { vfinfo_list?: unknown[] }[];
    expect(links.flatMap((link) => link.vfinfo_list?.length ?? [])).toEqual([2, 2]);
  });

  it('gives a VF to vfio-pci', async () => {
    await alpha('modprobe vfio-pci');
    const vf = '/sys/bus/pci/devices/0000:01:10.0';
    await alpha(`echo vfio-pci > ${vf}/driver_override && echo 0000:01:10.0 > ${vf}/driver/unbind`);
    await alpha('echo 0000:01:10.0 > /sys/bus/pci/drivers_probe');
    const group = (await alpha(`readlink ${vf}/iommu_group`)).split('/').at(-1);
    expect(await alpha('ls /dev/vfio')).toContain(group);
  });

  it('passes frames of a VLAN from a VF of one port to a VF of the other, through both switches', async () => {
    for (const [port, vlan, address] of [
      [0, 40, '10.9.9.1'],
      [1, 40, '10.9.9.2'],
    ] as const) {
      const vf = `enp1s0f${port}v1`;
      await alpha(`ip link set enp1s0f${port} vf 1 vlan ${vlan}`);
      await alpha(`ip netns add g${port} && ip link set ${vf} netns g${port} name eth0`);
      await alpha(`ip -n g${port} addr add ${address}/24 dev eth0 && ip -n g${port} link set eth0 up`);
    }
    expect(await alpha('ip netns exec g0 ping -c 3 -i 0.3 -w 20 10.9.9.2')).toMatch(/ [1-9] received/);
    await alpha('ip link set enp1s0f1 vf 1 vlan 41');
    await alpha('! ip netns exec g0 ping -c 3 -i 0.3 -W 1 10.9.9.2');
  });

  it('runs Node for the agent, and timers of systemd', async () => {
    expect(await alpha('node --version')).toMatch(/^v2\d\./);
    await alpha(
      'systemd-run --quiet --on-active=1s --timer-property=AccuracySec=100ms touch /root/rang 2>&1',
    );
    await alpha('for i in $(seq 50); do [ -e /root/rang ] && exit; sleep 0.2; done; exit 1');
  });

  it('is reported as up, cannot be brought up twice, and can be taken down twice', async () => {
    expect(await labStatus({ dir: lab })).toMatchObject({
      hosts: [{ name: 'alpha', state: 'up' }],
      switches: 'up',
    });
    const again = labUp({ dir: lab, hosts: ['alpha'], onProgress: () => {} });
    await expect(again).rejects.toMatchObject({ code: 'LAB_ALREADY_UP' });
    expect(await labDown({ dir: lab })).toEqual({ stopped: ['alpha'] });
    expect(await labDown({ dir: lab })).toEqual({ stopped: [] });
    expect(await labStatus({ dir: lab })).toMatchObject({
      hosts: [{ state: 'stopped' }],
      switches: 'stopped',
    });
  });
});
