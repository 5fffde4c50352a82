import { describe, expect, it } from 'vitest';
import { memorySim } from './open-sim.ts';
import type { SimHost } from './sim-host.ts';
import {
  does,
  errno,
  linkRecord,
  makeVfs,
  netdev0,
  pf0,
  pf1,
  tell,
  toVfio,
  vfRecord,
} from './testing/tell.ts';

const devices = ['pci/0000:03:00.0', 'pci/0000:03:00.1'];
const set = (device: string, mode: string) => `devlink dev eswitch set ${device} mode ${mode}`;
const [dev0 = '', dev1 = ''] = devices;
const lag = '/sys/kernel/debug/mlx5/0000:03:00.0/lag';

async function channels(host: SimHost, netdev: string): Promise<string | undefined> {
  return (await tell(host, `ethtool -l ${netdev}`)).stdout
    .match(/Combined:\s+(\d+)/g)?.[1]
    ?.replace(/\D+/, '');
}

describe('legacy to switchdev', () => {
  it('is refused while a VF has its driver, and the mode stays', async () => {
    const host = memorySim();
    await host.writeFile(`${pf0}/sriov_numvfs`, '1');
    const { code, stderr } = await tell(host, set(dev0, 'switchdev'));
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'Error: mlx5_core: Failed setting eswitch to offloads.\nkernel answers: Invalid argument\n',
    });
    expect(host.state.dmesg.join('\n')).toContain('syndrome (0x98afbb)');
    const { stdout } = await host.query(['devlink', '-j', 'dev', 'eswitch', 'show', dev0]);
    expect(JSON.parse(stdout)).toEqual({
      dev: { [dev0]: { mode: 'legacy', 'inline-mode': 'none', 'encap-mode': 'basic' } },
    });
  });

  it('is refused while a guest runs on a VF, not while vfio-pci merely has one', async () => {
    const host = memorySim();
    await makeVfs(host, 1);
    await toVfio(host, '0000:03:00.2');
    await does(host, set(dev0, 'switchdev'), set(dev0, 'legacy'));
    await does(host, 'qemu-system-x86_64 -device vfio-pci,host=0000:03:00.2');
    expect((await tell(host, set(dev0, 'switchdev'))).code).toBe(1);
  });

  it('brings one channel, a switch id and representors that are found by name and not by guess', async () => {
    const host = memorySim();
    await makeVfs(host, 2);
    expect(await channels(host, netdev0)).toBe('32');
    await does(host, set(dev0, 'switchdev'));
    expect(await channels(host, netdev0)).toBe('1');
    expect(await host.listDir(`${pf0}/net`)).toEqual([netdev0, 'enp3s0f0r0', 'enp3s0f0r1']);
    expect(await host.readFile('/sys/class/net/enp3s0f0r1/phys_port_name')).toBe('pf0vf1\n');
    expect(await host.readFile('/sys/class/net/enp3s0f0r1/phys_switch_id')).toBe(
      await host.readFile(`/sys/class/net/${netdev0}/phys_switch_id`),
    );
    await does(host, `ethtool -L ${netdev0} combined 32`);
    expect(await channels(host, netdev0)).toBe('32');
    await does(host, set(dev0, 'legacy'));
    expect(await host.listDir(`${pf0}/net`)).toEqual([netdev0]);
    expect(await errno(host.readFile(`/sys/class/net/${netdev0}/phys_switch_id`))).toBe('EOPNOTSUPP');
  });

  it('names representors as the release’s systemd does', async () => {
    const host = memorySim({ kernel: 'debian-12' });
    await makeVfs(host, 1);
    await does(host, set(dev1, 'switchdev'));
    expect(await host.listDir(`${pf1}/net`)).toEqual(['enp3s0f1np1', 'enp3s0f1npf1vf0']);
    const { stdout } = await host.query(['devlink', '-j', 'port', 'show']);
    expect(Object.keys(JSON.parse(stdout).port)).toEqual([
      'pci/0000:03:00.0/65535',
      'pci/0000:03:00.1/131071',
      'pci/0000:03:00.1/65537',
    ]);
  });

  it('takes the link of existing VFs until their representor is up', async () => {
    const host = memorySim();
    await makeVfs(host, 1);
    await does(host, `ip link set ${netdev0} up`, set(dev0, 'switchdev'));
    expect(await vfRecord(host, netdev0, 0)).toMatchObject({ link_state: 'disable' });
    await host.writeFile('/sys/bus/pci/devices/0000:03:00.2/driver_override', 'mlx5_core');
    await host.writeFile('/sys/bus/pci/drivers_probe', '0000:03:00.2');
    await does(host, 'ip link set enp3s0f0v0 up');
    expect(await host.readFile('/sys/class/net/enp3s0f0v0/carrier')).toBe('0\n');
    await does(host, 'ip link set enp3s0f0r0 up');
    expect(await host.readFile('/sys/class/net/enp3s0f0v0/carrier')).toBe('1\n');
  });

  it('does not exist on igb', async () => {
    const host = memorySim({ card: 'igb' });
    expect(await tell(host, 'devlink dev eswitch show pci/0000:01:00.0')).toEqual({
      stdout: '',
      stderr: 'kernel answers: No such device\n',
      code: 1,
    });
  });
});

describe('tc offload', () => {
  it.each([
    ['debian-12', false],
    ['debian-13', true],
    ['debian-13-rebuilt', false],
    ['doca', false],
  ] as const)('on %s is fixed off: %s', async (kernel, fixed) => {
    const host = memorySim({ kernel });
    const { stdout } = await host.query(['ethtool', '--json', '-k', netdev0]);
    expect(JSON.parse(stdout)[0]['hw-tc-offload'].fixed).toBe(fixed);
    const on = await tell(host, `ethtool -K ${netdev0} hw-tc-offload on`);
    expect(on.code).toBe(fixed ? 1 : 0);
    if (fixed) expect(on.stderr).toBe('Could not change any device features\n');
    const config = await host.readFile(`/boot/config-${(await tell(host, 'uname -r')).stdout.trim()}`);
    expect(config.includes('CONFIG_MLX5_CLS_ACT=y')).toBe(
      kernel === 'debian-12' || kernel === 'debian-13-rebuilt',
    );
  });
});

describe('channels', () => {
  it('are refused above the maximum and at 0', async () => {
    const host = memorySim();
    expect((await tell(host, `ethtool -L ${netdev0} combined 33`)).stderr).toContain(
      'netlink error: requested channel count exceeds maximum',
    );
    expect(await tell(host, `ethtool -L ${netdev0} combined 0`)).toMatchObject({
      code: 1,
      stderr: 'netlink error: Invalid argument\n',
    });
  });
});

describe('LAG', () => {
  const read = (host: SimHost, file: string) => host.readFile(`${lag}/${file}`);

  async function bonded(host: SimHost, mode = 'active-backup'): Promise<string> {
    await does(host, `ip link add bond0 type bond mode ${mode} miimon 100`);
    await does(host, `ip link set ${netdev0} master bond0`);
    const { stderr } = await tell(host, 'ip link set enp3s0f1np1 master bond0');
    await does(host, 'ip link set bond0 up');
    return stderr;
  }

  it('is RoCE without VFs in legacy mode: active, but not the kind that carries VFs', async () => {
    const host = memorySim();
    expect(await read(host, 'state')).toBe('disabled\n');
    expect(await errno(read(host, 'type'))).toBe('EINVAL');
    await bonded(host);
    expect([await read(host, 'state'), await read(host, 'type')]).toEqual(['active\n', 'roce\n']);
    await does(host, 'ip link del bond0');
    expect(await read(host, 'state')).toBe('disabled\n');
  });

  it.each([
    ['debian-13', 'off'],
    ['debian-13-rebuilt', 'on'],
    ['doca', 'on'],
  ] as const)('on %s has its shared FDB %s', async (kernel, shared) => {
    const host = memorySim({ kernel });
    for (const device of devices) await does(host, set(device, 'switchdev'));
    await bonded(host);
    expect(await read(host, 'type')).toBe('switchdev\n');
    expect(await read(host, 'flags')).toBe(`shared_fdb:${shared}\nfdb_selection_mode:native\n`);
    expect(await host.listDir('/sys/class/infiniband')).toHaveLength(shared === 'on' ? 1 : 2);
  });

  it('follows the active slave in its mapping', async () => {
    const host = memorySim();
    for (const device of devices) await does(host, set(device, 'switchdev'));
    await bonded(host);
    expect(await read(host, 'mapping')).toBe('1:1\n2:1\n');
    await does(host, `ip link set ${netdev0} down`);
    expect(await read(host, 'mapping')).toBe('1:2\n2:2\n');
  });

  it('is not made while a VF is bound, nor by itself once the VF is unbound', async () => {
    const host = memorySim();
    for (const device of devices) await does(host, set(device, 'switchdev'));
    await host.writeFile(`${pf0}/sriov_numvfs`, '1');
    await bonded(host);
    expect(await read(host, 'state')).toBe('disabled\n');
    expect(host.state.dmesg.join('\n')).toMatch(
      /syndrome \(0x7d49cb\)[\s\S]*Failed to activate VF LAG\nMake sure all VFs/,
    );
    await does(host, 'ip link set enp3s0f1np1 nomaster', 'ip link del bond0');
    await host.writeFile('/sys/bus/pci/drivers/mlx5_core/unbind', '0000:03:00.2');
    expect(await read(host, 'state')).toBe('disabled\n');
    await bonded(host);
    expect(await read(host, 'type')).toBe('switchdev\n');
  });

  it('is not removed while a VF is bound', async () => {
    const host = memorySim();
    for (const device of devices) await does(host, set(device, 'switchdev'));
    await bonded(host);
    await host.writeFile(`${pf0}/sriov_numvfs`, '1');
    await does(host, 'ip link del bond0');
    expect(host.state.dmesg.join('\n')).toContain('Failed to deactivate VF LAG; driver restart required');
    expect(await read(host, 'state')).toBe('active\n');
  });

  it('warns at the second PF, with exit code 0, about a mode it cannot do and about more than 64 VFs', async () => {
    expect(await bonded(memorySim(), 'balance-rr')).toBe(
      "Warning: mlx5_core: Can't activate LAG offload, TX type isn't supported.\n",
    );
    const host = memorySim({ numOfVfs: 65 });
    expect(await bonded(host)).toBe(
      "Warning: mlx5_core: Can't activate LAG offload, PF is configured with more than 64 VFs.\n",
    );
    expect(await read(host, 'state')).toBe('disabled\n');
  });

  it('needs both eswitches in one mode, and legacy without VFs', async () => {
    const host = memorySim();
    await does(host, set(dev0, 'switchdev'));
    await bonded(host);
    expect(await read(host, 'state')).toBe('disabled\n');
    await does(host, set(dev1, 'switchdev'));
    expect(await read(host, 'type')).toBe('switchdev\n');
    await does(host, set(dev0, 'legacy'), set(dev1, 'legacy'));
    expect(await read(host, 'type')).toBe('roce\n');
    await makeVfs(host, 1);
    expect(await read(host, 'state')).toBe('disabled\n');
  });
});

it('a firmware VF count shows only after a reboot', async () => {
  const host = memorySim();
  await does(host, 'mstconfig -y -d 03:00.0 set NUM_OF_VFS=64');
  expect(await host.readFile(`${pf0}/sriov_totalvfs`)).toBe('16\n');
  await does(host, 'reboot');
  expect(await host.readFile(`${pf0}/sriov_totalvfs`)).toBe('64\n');
});

it('a representor and a PF in switchdev mode stay in their namespace', async () => {
  const host = memorySim();
  await makeVfs(host, 1);
  await does(host, 'ip netns add g1', set(dev0, 'switchdev'));
  for (const name of [netdev0, 'enp3s0f0r0']) {
    expect(await tell(host, `ip link set ${name} netns g1`)).toMatchObject({
      code: 2,
      stderr: 'RTNETLINK answers: Invalid argument\n',
    });
  }
  expect(await linkRecord(host, 'enp3s0f0r0')).toMatchObject({
    phys_port_name: 'pf0vf0',
    parentdev: '0000:03:00.0',
  });
});
