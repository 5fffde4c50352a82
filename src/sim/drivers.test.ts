import { describe, expect, it } from 'vitest';
import { memorySim } from './open-sim.ts';
import { does, driverOf, errno, makeVfs, pf0, sys, tell } from './testing/tell.ts';

const vf0 = '0000:03:00.2';
const vf1 = '0000:03:00.3';
const write = (path: string) => `${sys}/drivers/${path}`;

async function hostWithVfs(options: Parameters<typeof memorySim>[0] = {}) {
  const host = memorySim(options);
  await makeVfs(host, 2);
  return host;
}

describe('binding', () => {
  it('is refused for a VF while autoprobe is off, unless driver_override is set', async () => {
    const host = await hostWithVfs();
    expect(await errno(host.writeFile(write('mlx5_core/bind'), vf0))).toBe('ENODEV');
    await host.writeFile(`${sys}/drivers_probe`, vf0);
    expect(await driverOf(host, vf0)).toBe('');
    await host.writeFile(`${sys}/devices/${vf0}/driver_override`, 'mlx5_core');
    await host.writeFile(`${sys}/drivers_probe`, vf0);
    expect(await driverOf(host, vf0)).toBe('mlx5_core');
  });

  it('follows driver_override, which unbinds nothing by itself and reads (null) when empty', async () => {
    const host = await hostWithVfs();
    const override = `${sys}/devices/${vf0}/driver_override`;
    await does(host, 'modprobe vfio-pci');
    expect(await host.readFile(override)).toBe('(null)\n');
    await host.writeFile(override, 'vfio-pci\n');
    await host.writeFile(`${sys}/drivers_probe`, vf0);
    expect(await driverOf(host, vf0)).toBe('vfio-pci');
    await host.writeFile(override, '');
    expect(await host.readFile(override)).toBe('(null)\n');
    expect(await driverOf(host, vf0)).toBe('vfio-pci');
    expect(await host.listDir('/dev/vfio')).toEqual(['15', 'vfio']);
  });

  it('is refused by the wrong driver, for a bound VF, and for unbinding from the wrong driver', async () => {
    const host = memorySim();
    await host.writeFile(`${pf0}/sriov_numvfs`, '1');
    await does(host, 'modprobe vfio-pci');
    expect(await errno(host.writeFile(write('vfio-pci/bind'), vf0))).toBe('ENODEV');
    expect(await errno(host.writeFile(write('mlx5_core/bind'), vf0))).toBe('EBUSY');
    expect(await errno(host.writeFile(write('vfio-pci/unbind'), vf0))).toBe('ENODEV');
    expect(await errno(host.writeFile(`${sys}/drivers_probe`, '0000:03:00.7'))).toBe('ENODEV');
  });

  it('needs an IOMMU group for vfio-pci', async () => {
    const host = await hostWithVfs({ iommu: false });
    await does(host, 'modprobe vfio-pci');
    await host.writeFile(`${sys}/devices/${vf0}/driver_override`, 'vfio-pci');
    expect(await errno(host.writeFile(write('vfio-pci/bind'), vf0))).toBe('EINVAL');
    expect(await host.listDir('/sys/kernel/iommu_groups')).toEqual([]);
  });

  it('needs the module', async () => {
    const host = await hostWithVfs();
    expect(await errno(host.writeFile(write('vfio-pci/bind'), vf0))).toBe('ENOENT');
    await host.writeFile(`${sys}/devices/${vf0}/driver_override`, 'vfio-pci');
    await host.writeFile(`${sys}/drivers_probe`, vf0);
    expect(await driverOf(host, vf0)).toBe('');
    expect(await tell(host, 'modprobe -r mlx5_core')).toMatchObject({
      code: 1,
      stderr: 'modprobe: FATAL: Module mlx5_core is in use.\n',
    });
  });

  it('gives a VF’s netdev the MAC that the PF has for it, at the probe and not before', async () => {
    const host = memorySim();
    await host.writeFile(`${pf0}/sriov_numvfs`, '1');
    const address = '/sys/class/net/enp3s0f0v0/address';
    const random = await host.readFile(address);
    await does(host, 'ip link set enp3s0f0np0 vf 0 mac 02:00:00:00:00:01');
    expect(await host.readFile(address)).toBe(random);
    await host.writeFile(write('mlx5_core/unbind'), vf0);
    await host.writeFile(write('mlx5_core/bind'), vf0);
    expect(await host.readFile(address)).toBe('02:00:00:00:00:01\n');
  });
});

describe('new_id', () => {
  it('binds every driverless VF with this id, and is refused the second time', async () => {
    const host = memorySim();
    for (const text of ['2', '0']) {
      await host.writeFile(`${pf0}/sriov_drivers_autoprobe`, '1');
      await host.writeFile(`${pf0}/sriov_numvfs`, text);
    }
    await host.writeFile(`${pf0}/sriov_numvfs`, '2');
    for (const vf of [vf0, vf1]) await host.writeFile(write('mlx5_core/unbind'), vf);
    await does(host, 'modprobe vfio-pci');
    await host.writeFile(write('vfio-pci/new_id'), '15b3 101a');
    expect([await driverOf(host, vf0), await driverOf(host, vf1)]).toEqual(['vfio-pci', 'vfio-pci']);
    const again = await host
      .run(['tee', write('vfio-pci/new_id')], { stdin: '0x15b3 0x101a\n' })
      .catch((e) => e.details);
    expect(again).toMatchObject({ exitCode: 1, stderr: `tee: ${write('vfio-pci/new_id')}: File exists\n` });
  });

  it('is refused without two numbers, for the driver’s own ids, and undone by remove_id', async () => {
    const host = await hostWithVfs();
    await does(host, 'modprobe vfio-pci');
    expect(await errno(host.writeFile(write('vfio-pci/new_id'), '15b3'))).toBe('EINVAL');
    expect(await errno(host.writeFile(write('mlx5_core/new_id'), '15b3 101a'))).toBe('EEXIST');
    expect(await errno(host.writeFile(write('vfio-pci/remove_id'), '15b3 101a'))).toBe('ENODEV');
    await host.writeFile(write('vfio-pci/new_id'), '15b3 101a');
    await host.writeFile(write('vfio-pci/remove_id'), '15b3 101a');
    await host.writeFile(write('vfio-pci/new_id'), '15b3 101a');
  });
});

it('unbinding the PF from its driver removes its VFs and its netdev', async () => {
  const host = await hostWithVfs();
  await host.writeFile(write('mlx5_core/unbind'), '0000:03:00.0');
  expect(await host.listDir('/sys/class/net')).toEqual(['eno1', 'enp3s0f1np1', 'lo']);
  expect(await host.readFile(`${pf0}/sriov_numvfs`)).toBe('0\n');
  await host.writeFile(write('mlx5_core/bind'), '0000:03:00.0');
  expect(await host.listDir('/sys/class/net')).toContain('enp3s0f0np0');
});
