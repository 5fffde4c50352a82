import { describe, expect, it } from 'vitest';
import { memorySim } from './open-sim.ts';
import {
  does,
  driverOf,
  errno,
  linkRecord,
  makeVfs,
  netdev0,
  pf0,
  pf1,
  refusal,
  tell,
  toVfio,
  vfRecord,
} from './testing/tell.ts';

const numVfs = `${pf0}/sriov_numvfs`;

describe('sriov_numvfs', () => {
  it.each([
    ['abc', 'EINVAL'],
    ['-1', 'EINVAL'],
    ['70000', 'EINVAL'],
    ['17', 'ERANGE'],
  ])('refuses %s with %s', async (text, expected) => {
    const host = memorySim();
    expect(await errno(host.writeFile(numVfs, text))).toBe(expected);
    expect(await host.readFile(numVfs)).toBe('0\n');
  });

  it('goes from one count to another only through 0, and says so in dmesg', async () => {
    const host = memorySim();
    await host.writeFile(numVfs, '2\n');
    expect(await errno(host.writeFile(numVfs, '3'))).toBe('EBUSY');
    expect(host.state.dmesg.at(-1)).toBe(
      'mlx5_core 0000:03:00.0: 2 VFs already enabled. Disable before enabling 3 VFs',
    );
    await host.writeFile(numVfs, '2');
    expect(await host.readFile(numVfs)).toBe('2\n');
  });

  it('checks the range before the driver; ENOENT means a PF without one', async () => {
    const host = memorySim();
    await host.writeFile('/sys/bus/pci/drivers/mlx5_core/unbind', '0000:03:00.0');
    expect(await errno(host.writeFile(numVfs, '17'))).toBe('ERANGE');
    expect(await errno(host.writeFile(numVfs, '2'))).toBe('ENOENT');
    expect(host.state.dmesg.at(-1)).toContain('no driver bound to device; cannot configure SR-IOV');
  });

  it("gives VFs the addresses that they have on the seed's host", async () => {
    const host = memorySim();
    for (const pf of [pf0, pf1]) await host.writeFile(`${pf}/sriov_numvfs`, '2');
    expect(await host.readLink(`${pf0}/virtfn1`)).toBe('../0000:03:00.3');
    expect(await host.readLink(`${pf1}/virtfn1`)).toBe('../0000:03:02.3');
    expect(await host.readLink(`${pf1}/virtfn1/physfn`)).toBe('../0000:03:00.1');
  });

  it('binds new VFs to their driver unless autoprobe is off', async () => {
    const host = memorySim();
    await host.writeFile(numVfs, '1');
    expect(await driverOf(host, '0000:03:00.2')).toBe('mlx5_core');
    expect(await host.listDir(`${pf0}/virtfn0/net`)).toEqual(['enp3s0f0v0']);
    await host.writeFile(numVfs, '0');
    await host.writeFile(`${pf0}/sriov_drivers_autoprobe`, '0');
    await host.writeFile(numVfs, '1');
    expect(await driverOf(host, '0000:03:00.2')).toBe('');
    expect(await errno(host.listDir(`${pf0}/virtfn0/net`))).toBe('ENOENT');
  });

  it('forgets every setting of a VF with the VF', async () => {
    const host = memorySim();
    await makeVfs(host, 1);
    const fresh = await vfRecord(host, netdev0, 0);
    await does(host, `ip link set ${netdev0} vf 0 mac 02:00:00:00:00:01 vlan 40 spoofchk on trust on`);
    expect(await vfRecord(host, netdev0, 0)).not.toEqual(fresh);
    await host.writeFile(numVfs, '0');
    await host.writeFile(numVfs, '1');
    expect(await vfRecord(host, netdev0, 0)).toEqual(fresh);
  });

  it('removes netdevs of VFs from namespaces and bonds', async () => {
    const host = memorySim();
    await host.writeFile(numVfs, '1');
    await does(host, 'ip netns add g1', 'ip link set enp3s0f0v0 netns g1 name eth0');
    await does(host, 'ip -n g1 link add bond0 type bond mode active-backup miimon 100');
    await does(host, 'ip -n g1 link set eth0 master bond0');
    await host.writeFile(numVfs, '0');
    expect((await tell(host, 'ip -n g1 link show dev eth0')).stderr).toBe('Device "eth0" does not exist.\n');
    expect(await linkRecord(host, 'bond0', 'g1')).not.toHaveProperty('linkinfo.info_data.active_slave');
  });
});

describe('a VF that a guest holds', () => {
  async function held(card: 'connectx5' | 'igb' = 'connectx5') {
    const host = memorySim({ card });
    const pf = card === 'igb' ? '/sys/bus/pci/devices/0000:01:00.0' : pf0;
    await host.writeFile(`${pf}/sriov_drivers_autoprobe`, '0');
    await host.writeFile(`${pf}/sriov_numvfs`, '2');
    const vf = (await host.readLink(`${pf}/virtfn0`)).slice(3);
    await toVfio(host, vf);
    await does(host, `qemu-system-x86_64 -device vfio-pci,host=${vf}`);
    return { host, pf, vf };
  }

  it('makes a write of 0 wait forever, on the host’s clock only', async () => {
    const { host, pf } = await held();
    const before = host.clock.now();
    const wall = performance.now();
    expect((await refusal(host.writeFile(`${pf}/sriov_numvfs`, '0'))).kind).toBe('timeout');
    expect(host.clock.now() - before).toBe(30_000);
    expect(performance.now() - wall).toBeLessThan(1000);
    expect(host.state.dmesg.join('\n')).toContain('Relaying device request to user (#0)');
    expect((await refusal(host.readFile(`${pf}/sriov_numvfs`))).kind).toBe('timeout');
    expect((await refusal(host.query(['cat', `${pf}/sriov_numvfs`], 5))).kind).toBe('timeout');
  });

  it('goes when the guest releases it, and other writes wait with the first', async () => {
    const { host, pf } = await held();
    await refusal(host.writeFile(`${pf}/sriov_numvfs`, '0'));
    expect((await refusal(host.run(['tee', `${pf}/sriov_numvfs`], { stdin: '1', timeoutMs: 5 }))).kind).toBe(
      'timeout',
    );
    const [{ pid = 0 } = {}] = await host.openFiles('/dev/vfio');
    await does(host, `kill ${pid}`);
    expect(await host.readFile(`${pf}/sriov_numvfs`)).toBe('0\n');
    expect(await host.openFiles('/dev/vfio')).toEqual([]);
  });

  it('makes igb wait too', async () => {
    const { host, pf } = await held('igb');
    expect((await refusal(host.writeFile(`${pf}/sriov_numvfs`, '0'))).kind).toBe('timeout');
  });

  it('cannot be unbound from vfio-pci, nor taken by a second guest', async () => {
    const { host, vf } = await held();
    const unbind = host.writeFile('/sys/bus/pci/drivers/vfio-pci/unbind', vf);
    expect((await refusal(unbind)).kind).toBe('timeout');
    const second = await tell(host, `qemu-system-x86_64 -device vfio-pci,host=${vf}`);
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('Device or resource busy') });
  });

  it('must be on vfio-pci first', async () => {
    const { host } = await held();
    const { code, stderr } = await tell(host, 'qemu-system-x86_64 -device vfio-pci,host=03:00.3');
    expect(code).toBe(1);
    expect(stderr).toMatch(/vfio 0000:03:00\.3: failed to open \/dev\/vfio\/\d+: No such file or directory/);
  });
});
