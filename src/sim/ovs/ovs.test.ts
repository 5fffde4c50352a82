import { describe, expect, it } from 'vitest';
import { memorySim } from '../open-sim.ts';
import type { SimHost } from '../sim-host.ts';
import { does, errno, linkRecord, makeVfs, netdev0, netdev1, pf0, refusal, tell } from '../testing/tell.ts';
import { crashVswitchd, endVswitchd } from './service.ts';

const restart = 'systemctl restart openvswitch-switch';
const flows = 'ovs-ofctl --no-stats dump-flows br0';

async function said(host: SimHost, line: string): Promise<string> {
  return (await tell(host, line)).stdout;
}

describe('flows', () => {
  it('are gone after every start of the daemon, and a secure bridge then forwards nothing', async () => {
    const host = memorySim();
    await does(host, 'ovs-vsctl add-br br0 -- set Bridge br0 fail_mode=secure');
    await does(host, 'ovs-ofctl add-flow br0 priority=1,actions=NORMAL');
    expect(await said(host, flows)).toBe(' priority=1 actions=NORMAL\n');
    await does(host, restart);
    expect(await said(host, flows)).toBe('');
    await does(host, 'ovs-ofctl add-flow br0 priority=1,actions=NORMAL');
    host.alter(crashVswitchd);
    expect(await said(host, flows)).toBe('');
    expect(await said(host, 'ovs-vsctl list-br')).toBe('br0\n');
  });

  it('a standalone bridge starts as a learning switch', async () => {
    const host = memorySim();
    await does(host, 'ovs-vsctl add-br br0');
    expect(await said(host, flows)).toBe(' priority=0 actions=NORMAL\n');
  });

  it('a changed fail mode flushes them', async () => {
    const host = memorySim();
    await does(host, 'ovs-vsctl add-br br0 -- set Bridge br0 fail_mode=secure');
    await does(
      host,
      'ovs-ofctl add-flow br0 priority=9,actions=drop',
      'ovs-vsctl set-fail-mode br0 standalone',
    );
    expect(await said(host, flows)).toBe(' priority=0 actions=NORMAL\n');
  });

  it('one wrong line of a file refuses the whole file', async () => {
    const host = memorySim();
    await does(host, 'ovs-vsctl add-br br0 -- set Bridge br0 fail_mode=secure');
    const told = await tell(
      host,
      'ovs-ofctl add-flows br0 -',
      'priority=1,actions=NORMAL\nbogus=1,actions=drop\n',
    );
    expect(told).toMatchObject({ code: 1, stderr: 'ovs-ofctl: -:2: unknown keyword bogus\n' });
    expect(await said(host, flows)).toBe('');
  });
});

describe('LOCAL ports', () => {
  it('are netdevs, down, of the kernel datapath or taps', async () => {
    const host = memorySim();
    await does(host, 'ovs-vsctl add-br br0', 'ovs-vsctl add-br br1 -- set Bridge br1 datapath_type=netdev');
    expect(await linkRecord(host, 'br0')).toMatchObject({
      operstate: 'DOWN',
      linkinfo: { info_kind: 'openvswitch' },
    });
    expect(await linkRecord(host, 'br1')).toMatchObject({
      operstate: 'DOWN',
      linkinfo: { info_kind: 'tun' },
    });
    await does(host, 'ip addr add 192.168.9.2/24 dev br1', 'ip link set br1 up');
    await does(host, restart);
    expect(await linkRecord(host, 'br1')).toMatchObject({
      operstate: 'UNKNOWN',
      addr_info: [{ local: '192.168.9.2' }, {}],
    });
  });

  it('go with their bridge, and cannot be deleted otherwise', async () => {
    const host = memorySim();
    await does(host, 'ovs-vsctl add-br br0');
    expect((await tell(host, 'ip link del br0')).stderr).toBe('RTNETLINK answers: Operation not supported\n');
    await does(host, 'ovs-vsctl del-br br0');
    expect(await said(host, 'ip -br link')).not.toMatch(/br0|ovs-system/);
  });

  it('with the name of another netdev are refused', async () => {
    const host = memorySim();
    await does(host, 'ip link add br0 type dummy');
    const told = await tell(host, 'ovs-vsctl add-br br0');
    expect(told.code).toBe(0);
    expect(told.stderr).toContain(
      "setting up 'br0': could not add network device br0 to ofproto (File exists).",
    );
  });

  it('have the configured MAC, or the lowest of their ports', async () => {
    const host = memorySim();
    await does(host, 'ip link add a type dummy', 'ip link set a address 02:00:00:00:00:07');
    await does(host, 'ovs-vsctl add-br br0 -- add-port br0 a');
    expect(await linkRecord(host, 'br0')).toMatchObject({ address: '02:00:00:00:00:07' });
    await does(host, 'ovs-vsctl set Bridge br0 other_config:hwaddr=02:00:00:00:00:01');
    expect(await linkRecord(host, 'br0')).toMatchObject({ address: '02:00:00:00:00:01' });
  });
});

describe('ports', () => {
  it.each([
    ['nosuch0', 'could not open network device nosuch0 (No such device)'],
    ['lo', 'could not add network device lo to ofproto (Invalid argument)'],
    [netdev0, `could not add network device ${netdev0} to ofproto (Device or resource busy)`],
  ])('%s is told of though the exit code is 0', async (name, why) => {
    const host = memorySim();
    await does(host, 'ip link add bond0 type bond mode active-backup', `ip link set ${netdev0} master bond0`);
    await does(host, 'ovs-vsctl add-br br0');
    const told = await tell(host, `ovs-vsctl add-port br0 ${name}`);
    expect(told).toMatchObject({ code: 0 });
    expect(told.stderr).toBe(
      `ovs-vsctl: Error detected while setting up '${name}': ${why}.  See ovs-vswitchd log for details.\novs-vsctl: The default log directory is "/var/log/openvswitch".\n`,
    );
    expect(await said(host, `ovs-vsctl get Interface ${name} ofport error`)).toBe(
      `-1\n${JSON.stringify(why)}\n`,
    );
  });

  it('a representor that goes and comes back is a port again, with another number', async () => {
    const host = memorySim({ kernel: 'doca' });
    await does(host, 'devlink dev eswitch set pci/0000:03:00.0 mode switchdev');
    await host.writeFile(`${pf0}/sriov_drivers_autoprobe`, '0');
    await host.writeFile(`${pf0}/sriov_numvfs`, '1');
    await does(host, 'ovs-vsctl add-br br0 -- add-port br0 enp3s0f0r0');
    expect(await linkRecord(host, 'enp3s0f0r0')).toMatchObject({ master: 'ovs-system' });
    await host.writeFile(`${pf0}/sriov_numvfs`, '0');
    expect(await said(host, 'ovs-vsctl get Interface enp3s0f0r0 ofport')).toBe('-1\n');
    await host.writeFile(`${pf0}/sriov_numvfs`, '1');
    expect(await said(host, 'ovs-vsctl get Interface enp3s0f0r0 ofport error')).toBe('2\n[]\n');
  });

  it('one of the userspace datapath stays when its netdev goes', async () => {
    const host = memorySim();
    await does(
      host,
      'ip link add a type dummy',
      'ovs-vsctl add-br br0 -- set Bridge br0 datapath_type=netdev -- add-port br0 a',
    );
    await does(host, 'ip link del a');
    expect(await said(host, 'ovs-vsctl get Interface a ofport error')).toBe('1\n[]\n');
    await does(host, restart);
    expect(await said(host, 'ovs-vsctl get Interface a ofport')).toBe('-1\n');
  });

  it('one of the kernel datapath can have no other master', async () => {
    const host = memorySim();
    await does(
      host,
      'ip link add a type dummy',
      'ip link add bond0 type bond',
      'ovs-vsctl add-br br0 -- add-port br0 a',
    );
    expect((await tell(host, 'ip link set a master bond0')).stderr).toBe(
      'RTNETLINK answers: Operation not supported\n',
    );
    await does(host, 'ovs-vsctl del-port a', 'ip link set a master bond0');
  });

  it('the same tunnel twice on one host is refused, even on another bridge', async () => {
    const host = memorySim();
    const tunnel = 'type=vxlan options:remote_ip=192.168.9.1 options:key=42';
    await does(host, `ovs-vsctl add-br b0 -- add-port b0 v0 -- set Interface v0 ${tunnel}`);
    const told = await tell(host, `ovs-vsctl add-br b1 -- add-port b1 v1 -- set Interface v1 ${tunnel}`);
    expect(told.stderr).toContain('could not add network device v1 to ofproto (File exists)');
    expect(await linkRecord(host, 'vxlan_sys_4789')).toMatchObject({ mtu: 65000, master: 'ovs-system' });
  });

  it('keep their numbers over a restart', async () => {
    const host = memorySim();
    await does(
      host,
      'ip link add a type dummy',
      'ip link add b type dummy',
      'ovs-vsctl add-br br0 -- add-port br0 a -- add-port br0 b',
    );
    await does(host, 'ovs-vsctl del-port a', restart, 'ovs-vsctl add-port br0 a');
    expect(await said(host, 'ovs-vsctl get Interface b ofport')).toBe('2\n');
  });
});

describe('services', () => {
  it('without the database every command says so', async () => {
    const host = memorySim();
    await does(host, 'systemctl stop openvswitch-switch');
    expect(await tell(host, 'systemctl is-active openvswitch-switch')).toMatchObject({
      code: 3,
      stdout: 'inactive\n',
    });
    const why =
      'ovs-vsctl: unix:/var/run/openvswitch/db.sock: database connection failed (No such file or directory)\n';
    expect(await tell(host, 'ovs-vsctl list-br')).toMatchObject({ code: 1, stderr: why });
    expect(await tell(host, 'ovs-ofctl dump-flows br0')).toMatchObject({
      stderr: 'ovs-ofctl: br0 is not a bridge or a socket\n',
    });
    await does(host, 'systemctl start openvswitch-switch', 'ovs-vsctl list-br');
  });

  it('without the daemon a change waits forever, or for its timeout', async () => {
    const host = memorySim();
    host.alter(endVswitchd);
    await does(host, 'ovs-vsctl --no-wait add-br br1');
    expect((await tell(host, 'ovs-vsctl --timeout=2 add-br br0')).code).toBe(142);
    expect(await refusal(host.run(['ovs-vsctl', 'add-br', 'br2']))).toMatchObject({ kind: 'timeout' });
    expect(await said(host, 'ovs-vsctl list-br')).toBe('br0\nbr1\nbr2\n');
    await does(host, 'systemctl start ovs-vswitchd');
    expect(await linkRecord(host, 'br1')).toMatchObject({ ifname: 'br1' });
  });

  it('a reboot keeps the database and brings the bridges back, without flows or addresses', async () => {
    const host = memorySim();
    await does(
      host,
      'ovs-vsctl add-br br0 -- set Bridge br0 fail_mode=secure',
      'ip link set br0 up',
      'reboot',
    );
    expect(await linkRecord(host, 'br0')).toMatchObject({ operstate: 'DOWN' });
    await does(host, 'systemctl disable openvswitch-switch', 'reboot');
    expect((await tell(host, 'systemctl is-active ovs-vswitchd')).stdout).toBe('inactive\n');
  });

  it('that are not installed are neither programs nor units', async () => {
    const host = memorySim({ packages: ['iproute2'] });
    expect(await refusal(host.run(['ovs-vsctl', 'show']))).toMatchObject({ kind: 'missing' });
    expect((await tell(host, 'systemctl start openvswitch-switch')).stderr).toBe(
      'Failed to start openvswitch-switch.service: Unit openvswitch-switch.service not found.\n',
    );
    expect(await tell(host, 'dpkg-query -W openvswitch-switch')).toMatchObject({
      code: 1,
      stderr: 'dpkg-query: no packages found matching openvswitch-switch\n',
    });
    await does(
      host,
      'apt-get install -y openvswitch-switch',
      'systemctl start openvswitch-switch',
      'ovs-vsctl show',
    );
  });

  it('a drop-in takes effect at the next daemon-reload', async () => {
    const host = memorySim();
    const folder = '/etc/systemd/system/ovs-vswitchd.service.d';
    const path = `${folder}/vflane.conf`;
    expect(await errno(host.writeFile(path, ''))).toBe('ENOENT');
    await does(host, `mkdir -p ${folder}`);
    await host.writeFile(path, '[Unit]\nAfter=vflane.service\n');
    const show = 'systemctl show -p NeedDaemonReload,DropInPaths,After ovs-vswitchd';
    expect(await said(host, show)).toMatch(/DropInPaths=\nNeedDaemonReload=yes\n$/);
    await does(host, 'systemctl daemon-reload');
    expect(await said(host, show)).toBe(
      `After=ovsdb-server.service network-pre.target systemd-udev-settle.service vflane.service\nDropInPaths=${path}\nNeedDaemonReload=no\n`,
    );
  });
});

describe('hardware offload', () => {
  async function overlay(kernel: 'doca' | 'debian-13'): Promise<SimHost> {
    const host = memorySim({ kernel });
    for (const fn of ['0', '1'])
      await does(host, `devlink dev eswitch set pci/0000:03:00.${fn} mode switchdev`);
    await does(host, 'ip link add bond0 type bond mode active-backup miimon 100');
    for (const netdev of [netdev0, netdev1]) await does(host, `ip link set ${netdev} master bond0`);
    await makeVfs(host, 1);
    await does(
      host,
      'ip link set bond0 up',
      'ip addr add 192.168.9.2/24 dev bond0',
      'ip link set enp3s0f0r0 up',
    );
    await does(host, 'ovs-vsctl set Open_vSwitch . other_config:hw-offload=true');
    await does(
      host,
      'ovs-vsctl add-br br0 -- add-port br0 enp3s0f0r0 -- add-port br0 vx -- set Interface vx type=vxlan options:remote_ip=192.168.9.1 options:key=42',
    );
    host.alter((state) => state.ovs.talking.push('br0'));
    return host;
  }
  const offloaded = 'ovs-appctl dpctl/dump-flows -m type=offloaded';

  it('takes effect only after a restart', async () => {
    const host = await overlay('doca');
    expect(await said(host, offloaded)).toBe('');
    await does(host, restart);
    expect(await said(host, offloaded)).toMatch(
      /in_port\(enp3s0f0r0\).* offloaded:yes, dp:tc, actions:set\(tunnel\(tun_id=0x2a/,
    );
    expect(await said(host, 'tc -j qdisc show dev enp3s0f0r0')).toContain('"kind":"ingress"');
    expect(await said(host, 'ip -j neigh show dev bond0')).toContain('"dst":"192.168.9.1"');
  });

  it('never happens on a stock Debian 13 kernel', async () => {
    const host = await overlay('debian-13');
    await does(host, restart);
    expect(await said(host, offloaded)).toBe('');
    expect(await said(host, 'ovs-appctl dpctl/dump-flows -m type=non-offloaded')).toContain('dp:tc');
  });

  it('needs the tunnel’s route to leave through the bond', async () => {
    const host = await overlay('doca');
    await does(host, restart, 'ip addr del 192.168.9.2/24 dev bond0');
    expect(await said(host, offloaded)).toBe('');
  });
});

describe('DPDK', () => {
  const useDpdk = 'update-alternatives --set ovs-vswitchd /usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk';
  const hugepages = '/sys/kernel/mm/hugepages/hugepages-2048kB';
  const init = 'ovs-vsctl --no-wait set Open_vSwitch . other_config:dpdk-init=true';
  const uplink = 'ovs-vsctl add-port br0 p0 -- set Interface p0 type=dpdk options:dpdk-devargs=0000:03:00.0';

  async function ready(): Promise<SimHost> {
    const host = memorySim({ kernel: 'doca' });
    await host.writeFile(`${hugepages}/nr_hugepages`, '1024');
    await does(host, useDpdk, init, restart, 'ovs-vsctl add-br br0 -- set Bridge br0 datapath_type=netdev');
    return host;
  }

  it('needs the other daemon, and a restart', async () => {
    const host = memorySim();
    await host.writeFile(`${hugepages}/nr_hugepages`, '1024');
    await does(host, init, restart);
    const initialised = 'ovs-vsctl get Open_vSwitch . dpdk_initialized';
    expect(await said(host, initialised)).toBe('false\n');
    await does(host, useDpdk);
    expect(await said(host, 'update-alternatives --query ovs-vswitchd')).toContain('Status: manual\n');
    expect(await said(host, initialised)).toBe('false\n');
    await does(host, restart);
    expect(await said(host, initialised)).toBe('true\n');
    expect(await said(host, 'ovs-vsctl get Open_vSwitch . iface_types')).toContain(' dpdk,');
    const free = async () => Number(await host.readFile(`${hugepages}/free_hugepages`));
    expect(await free()).toBe(1008);
    await does(host, 'ovs-vsctl add-br br0 -- set Bridge br0 datapath_type=netdev', uplink);
    // A pool of 262144 buffers of 2 KiB and their headers.
    expect(await free()).toBe(1024 - 320 - 16);
  });

  it('without hugepages the daemon does not start', async () => {
    const host = memorySim();
    await does(host, useDpdk, init);
    expect(await tell(host, restart)).toMatchObject({
      code: 1,
      stderr: "A dependency job for openvswitch-switch.service failed. See 'journalctl -xe' for details.\n",
    });
    expect((await tell(host, 'systemctl is-active ovs-vswitchd')).stdout).toBe('failed\n');
    await does(host, 'systemctl reset-failed');
    expect((await tell(host, 'systemctl is-active ovs-vswitchd')).stdout).toBe('inactive\n');
  });

  it('without DPDK, ports of its type are of an unknown type', async () => {
    const host = memorySim();
    await does(host, 'ovs-vsctl add-br br0 -- set Bridge br0 datapath_type=netdev');
    expect((await tell(host, uplink)).stderr).toContain(
      'could not open network device p0 (Address family not supported by protocol)',
    );
  });

  it('representors need switchdev and their VF', async () => {
    const host = await ready();
    const rep = (devargs: string) =>
      `ovs-vsctl --if-exists del-port r -- add-port br0 r -- set Interface r type=dpdk options:dpdk-devargs=${devargs}`;
    const attaching = (devargs: string) => `Error attaching device '${devargs}' to DPDK.`;
    await does(host, uplink);
    expect((await tell(host, rep('0000:03:00.0,representor=[0]'))).stderr).toContain(
      attaching('0000:03:00.0,representor=[0]'),
    );
    await does(host, 'devlink dev eswitch set pci/0000:03:00.0 mode switchdev');
    await host.writeFile(`${pf0}/sriov_drivers_autoprobe`, '0');
    await host.writeFile(`${pf0}/sriov_numvfs`, '2');
    // The port has a new RDMA device since: DPDK keeps using the old one.
    expect((await tell(host, rep('0000:03:00.0,representor=[1]'))).stderr).toContain('Error attaching');
    await does(host, restart);
    expect(await tell(host, rep('0000:03:00.0,representor=[1]'))).toMatchObject({ stderr: '' });
    expect((await tell(host, rep('0000:03:00.0,representor=[2]'))).stderr).toContain('Error attaching');
    expect((await tell(host, rep('0000:04:00.0'))).stderr).toContain(attaching('0000:04:00.0'));
  });

  it('the other port’s representors need an RDMA device whose name says bond', async () => {
    const host = await ready();
    for (const fn of ['0', '1'])
      await does(host, `devlink dev eswitch set pci/0000:03:00.${fn} mode switchdev`);
    await does(host, 'ip link add bond0 type bond mode active-backup miimon 100');
    for (const netdev of [netdev0, netdev1]) await does(host, `ip link set ${netdev} master bond0`);
    await makeVfs(host, 1);
    await does(host, restart);
    const rep =
      'ovs-vsctl --if-exists del-port r -- add-port br0 r -- set Interface r type=dpdk options:dpdk-devargs=0000:03:00.0,representor=pf1vf0';
    expect((await tell(host, rep)).stderr).toContain('Error attaching device');
    expect(await host.listDir('/sys/class/infiniband')).toEqual(['rocep3s0f0']);
    await does(host, 'rdma dev set rocep3s0f0 name mlx5_bond_0');
    expect((await tell(host, rep)).stderr).toContain('Error attaching device');
    await does(host, restart);
    expect(await tell(host, rep)).toMatchObject({ stderr: '' });
    expect(await said(host, 'rdma -j link')).toContain('"ifname":"mlx5_bond_0"');
  });

  it('hugepages are limited by memory', async () => {
    const host = memorySim();
    await host.writeFile(`${hugepages}/nr_hugepages`, '1000000');
    expect(await host.readFile(`${hugepages}/nr_hugepages`)).toBe('28672\n');
    expect(
      await host.readFile('/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages'),
    ).toBe('28672\n');
    expect(await errno(host.writeFile(`${hugepages}/nr_hugepages`, 'x'))).toBe('EINVAL');
  });
});

describe('sysctl', () => {
  it('disables IPv6 on a netdev, and its link-local address goes', async () => {
    const host = memorySim();
    await does(host, 'ovs-vsctl add-br br0', 'ip link set br0 up');
    expect(await said(host, 'ip -6 addr show dev br0')).toContain('fe80::');
    expect(await said(host, 'sysctl -w net.ipv6.conf.br0.disable_ipv6=1')).toBe(
      'net.ipv6.conf.br0.disable_ipv6 = 1\n',
    );
    expect(await said(host, 'ip -6 addr show dev br0')).toBe('');
    expect(await host.readFile('/proc/sys/net/ipv6/conf/br0/disable_ipv6')).toBe('1\n');
    expect((await tell(host, 'sysctl -w net.ipv6.conf.nosuch.disable_ipv6=1')).stderr).toBe(
      'sysctl: cannot stat /proc/sys/net/ipv6/conf/nosuch/disable_ipv6: No such file or directory\n',
    );
  });
});

describe('`ovs-vsctl add`', () => {
  it.each([
    ['debian-12', '{a=c}\n', 'constraint violation'],
    ['debian-13', '{a=b}\n', '"add" operation would put 2 values in column tag of table Port'],
  ] as const)('takes keys and values as the release of %s does', async (kernel, config, refused) => {
    const host = memorySim({ kernel });
    await does(
      host,
      'ovs-vsctl set Open_vSwitch . other_config:a=b',
      'ovs-vsctl add Open_vSwitch . other_config a=c',
    );
    expect((await tell(host, 'ovs-vsctl get Open_vSwitch . other_config')).stdout).toBe(config);
    await does(host, 'ovs-vsctl add-br br0', 'ovs-vsctl set Port br0 tag=5');
    expect((await tell(host, 'ovs-vsctl add Port br0 tag 6')).stderr).toContain(refused);
  });
});
