import { describe, expect, it } from 'vitest';
import { memorySim } from './open-sim.ts';
import { does, linkRecord, netdev0, pf0, tell } from './testing/tell.ts';

async function withVf() {
  const host = memorySim();
  await host.writeFile(`${pf0}/sriov_numvfs`, '2');
  await does(host, 'ip netns add g1');
  return host;
}

describe('a VF given to a namespace', () => {
  it('leaves the host’s sysfs, loses its addresses and is down', async () => {
    const host = await withVf();
    await does(host, 'ip addr add 10.1.0.1/24 dev enp3s0f0v0', 'ip link set enp3s0f0v0 up');
    await does(host, 'ip link set enp3s0f0v0 netns g1 name eth0');
    expect(await host.listDir(`${pf0}/virtfn0/net`)).toEqual([]);
    expect(await host.listDir('/sys/class/net')).not.toContain('enp3s0f0v0');
    expect((await tell(host, 'ip netns exec g1 ls /sys/class/net')).stdout).toBe('eth0\nlo\n');
    expect(await linkRecord(host, 'eth0', 'g1')).toMatchObject({
      operstate: 'DOWN',
      addr_info: [],
      parentdev: '0000:03:00.2',
    });
  });

  it('comes back when the namespace goes, with the name it had there; the bond is gone', async () => {
    const host = await withVf();
    await does(host, 'ip link set enp3s0f0v0 netns g1 name eth0');
    await does(host, 'ip -n g1 link add bond0 type bond mode active-backup miimon 100');
    await does(host, 'ip -n g1 link set eth0 master bond0', 'ip netns del g1');
    expect(await linkRecord(host, 'eth0')).toMatchObject({ operstate: 'DOWN', altnames: ['enp3s0f0v0'] });
    expect(host.state.netdevs.some((n) => n.name === 'bond0')).toBe(false);
    expect((await tell(host, 'ip -n g1 link')).stderr).toBe(
      'Cannot open network namespace "g1": No such file or directory\n',
    );
  });

  it('goes to a namespace called 1 before it goes to process 1, which has a path of its own', async () => {
    const host = await withVf();
    await does(host, 'ip netns add 1', 'ip link set enp3s0f0v0 netns g1', 'ip link set enp3s0f0v1 netns g1');
    await does(host, 'ip -n g1 link set enp3s0f0v0 netns 1');
    await does(host, 'ip -n g1 link set enp3s0f0v1 netns /proc/1/ns/net');
    expect(await linkRecord(host, 'enp3s0f0v0', '1')).toMatchObject({ parentdev: '0000:03:00.2' });
    expect(await linkRecord(host, 'enp3s0f0v1')).toMatchObject({ parentdev: '0000:03:00.3' });
  });

  it('is refused if its name or an altname is taken, and can be sent back to process 1', async () => {
    const host = await withVf();
    await does(host, 'ip link property add dev enp3s0f0v1 altname uplink');
    await does(host, 'ip link set enp3s0f0v0 netns g1 name uplink');
    expect(await tell(host, 'ip link set enp3s0f0v1 netns g1')).toMatchObject({
      code: 2,
      stderr: 'RTNETLINK answers: File exists\n',
    });
    await does(host, 'ip link property del dev enp3s0f0v1 altname uplink', 'ip link set enp3s0f0v1 netns g1');
    await does(host, 'ip -n g1 link set enp3s0f0v1 netns 1');
    expect(await linkRecord(host, 'enp3s0f0v1')).toMatchObject({ ifname: 'enp3s0f0v1' });
  });
});

describe('netns', () => {
  it('runs programs inside, with exec’s errors and its own', async () => {
    const host = await withVf();
    expect((await tell(host, 'ip netns exec g1 ip -br link')).stdout).toMatch(/^lo /);
    expect(await tell(host, 'ip netns exec g1 nosuch')).toMatchObject({
      code: 255,
      stderr: 'exec of "nosuch" failed: No such file or directory\n',
    });
    expect((await tell(host, 'ip netns add a/b')).stderr).toBe('Invalid netns name "a/b"\n');
    expect((await tell(host, 'ip -j netns list')).stdout).toBe('[{"name":"g1"}]\n');
  });
});

describe('addresses and routes', () => {
  it('appear and go with their netdev', async () => {
    const host = memorySim();
    await does(host, `ip addr add 10.9.0.1/24 dev ${netdev0}`, `ip addr add 2001:db8::1/64 dev ${netdev0}`);
    expect((await tell(host, 'ip route get 10.9.0.7')).stdout).toContain('via 10.0.0.1 dev eno1');
    await does(host, `ip link set ${netdev0} up`, 'ip route add 10.10.0.0/16 via 10.9.0.9');
    expect((await tell(host, 'ip -j route get 10.10.0.7')).stdout).toContain(
      `"gateway":"10.9.0.9","dev":"${netdev0}"`,
    );
    await does(host, `ip link set ${netdev0} down`, `ip link set ${netdev0} up`);
    expect((await tell(host, 'ip route')).stdout).not.toContain('10.10.0.0');
    const left = (await linkRecord(host, netdev0)).addr_info as readonly { local: string; scope: string }[];
    expect(left.filter((a) => a.scope === 'global').map((a) => a.local)).toEqual(['10.9.0.1']);
  });

  it.each([
    ['ip route add 10.5.0.0/16 via 99.0.0.9', 'Error: Nexthop has invalid gateway.\n'],
    ['ip route del 10.77.0.0/16', 'RTNETLINK answers: No such process\n'],
    ['ip route add default via 10.0.0.254', 'RTNETLINK answers: File exists\n'],
    [`ip addr add 10.0.0.10/24 dev eno1`, 'Error: ipv4: Address already assigned.\n'],
    ['ip addr del fd00::9/64 dev eno1', 'Error: ipv6: address not found.\n'],
  ])('%s is refused', async (line, stderr) => {
    expect(await tell(memorySim(), line)).toMatchObject({ code: 2, stderr });
  });
});
