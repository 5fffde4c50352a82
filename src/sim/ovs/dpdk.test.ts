import { expect, it } from 'vitest';
import { memorySim } from '../open-sim.ts';
import type { SimHost } from '../sim-host.ts';
import { does, linkRecord, makeVfs, netdev0, tell } from '../testing/tell.ts';

const restart = 'systemctl restart openvswitch-switch';
const pages = '/sys/devices/system/node/node0/hugepages/hugepages-2048kB';
const daemon = '/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk';

async function set(host: SimHost, ...settings: readonly string[]) {
  await host.run([
    'ovs-vsctl',
    '--no-wait',
    'set',
    'Open_vSwitch',
    '.',
    ...settings.map((s) => `other_config:${s}`),
  ]);
}

async function initialised(host: SimHost): Promise<string> {
  return (await tell(host, 'ovs-vsctl --no-wait get Open_vSwitch . dpdk_initialized')).stdout.trim();
}

async function switchdev(): Promise<SimHost> {
  const host = memorySim({ kernel: 'doca' });
  await does(host, 'devlink dev eswitch set pci/0000:03:00.0 mode switchdev');
  await makeVfs(host, 2);
  await host.writeFile(`${pages}/nr_hugepages`, '2048');
  await does(host, `update-alternatives --set ovs-vswitchd ${daemon}`);
  await set(host, 'dpdk-init=true', 'dpdk-extra=-a 0000:03:00.0,representor=pf[0-1]vf[0-7],dv_flow_en=1');
  await does(host, restart, 'ovs-vsctl add-br br0 -- set Bridge br0 datapath_type=netdev');
  return host;
}

function port(name: string, devargs: string, more = ''): string {
  const type = `type=dpdk options:dpdk-devargs=${devargs}`;
  return `ovs-vsctl add-port br0 ${name} -- set Interface ${name} ${type}${more}`;
}

async function errorOf(host: SimHost, name: string): Promise<string> {
  return (await tell(host, `ovs-vsctl get Interface ${name} error`)).stdout.trim();
}

it('the plain daemon goes on without DPDK, whatever is configured', async () => {
  const host = memorySim();
  await set(host, 'dpdk-init=true');
  await does(host, restart);
  expect(await initialised(host)).toBe('false');
});

it('dpdk-init takes effect at once in the daemon with DPDK, and kills it if it fails', async () => {
  const host = memorySim();
  await does(host, `update-alternatives --set ovs-vswitchd ${daemon}`, restart);
  await host.writeFile(`${pages}/nr_hugepages`, '512');
  await does(host, 'ovs-vsctl set Open_vSwitch . other_config:dpdk-init=true');
  expect(await initialised(host)).toBe('true');
  await does(host, 'ovs-vsctl set Open_vSwitch . other_config:dpdk-init=false');
  expect(await initialised(host)).toBe('true');
  const other = memorySim();
  await does(other, `update-alternatives --set ovs-vswitchd ${daemon}`, restart);
  const told = await tell(other, 'ovs-vsctl --timeout=1 set Open_vSwitch . other_config:dpdk-init=true');
  expect(told).toMatchObject({ code: 142, stderr: expect.stringContaining('terminating with signal 14') });
  expect((await tell(other, 'systemctl is-active ovs-vswitchd')).stdout).toBe('failed\n');
});

it.each([
  ['-a 0000:07:00.0,representor=pf0vf3', 'true'],
  ['-a bogus', 'false'],
  ['--bogus', 'false'],
])('dpdk-extra %s: %s', async (extra, result) => {
  const host = memorySim();
  await host.writeFile(`${pages}/nr_hugepages`, '512');
  await does(host, `update-alternatives --set ovs-vswitchd ${daemon}`);
  await set(host, 'dpdk-init=true', `dpdk-extra=${extra}`);
  await tell(host, restart);
  expect(await initialised(host)).toBe(result);
});

it('too much memory kills it; with `try` it goes on without DPDK', async () => {
  const host = memorySim();
  await host.writeFile(`${pages}/nr_hugepages`, '256');
  await does(host, `update-alternatives --set ovs-vswitchd ${daemon}`);
  await set(host, 'dpdk-init=true', 'dpdk-socket-mem=1024');
  expect((await tell(host, restart)).code).toBe(1);
  expect((await tell(host, 'dmesg')).stdout).toContain('Cannot init EAL (Cannot allocate memory)');
  await set(host, 'dpdk-init=try');
  await does(host, restart);
  expect(await initialised(host)).toBe('false');
});

it('a port brings the kernel’s netdev up, sets its MTU, and reports it', async () => {
  const host = await switchdev();
  await does(
    host,
    port('up', '0000:03:00.0', ' mtu_request=9080'),
    port('r1', '0000:03:00.0,representor=pf0vf1'),
  );
  expect(await linkRecord(host, netdev0)).toMatchObject({ mtu: 9080, flags: expect.arrayContaining(['UP']) });
  expect(await linkRecord(host, 'enp3s0f0r1')).toMatchObject({
    mtu: 1500,
    flags: expect.arrayContaining(['UP']),
  });
  const told = await tell(host, 'ovs-vsctl get Interface up mtu link_state admin_state status:driver_name');
  expect(told.stdout).toBe('9080\nup\nup\nmlx5_pci\n');
  expect((await linkRecord(host, 'br0')).mtu).toBe(1500);
  await does(host, 'ovs-vsctl set Interface r1 mtu_request=9000');
  expect((await linkRecord(host, 'br0')).mtu).toBe(9000);
});

it('one device is one port', async () => {
  const host = await switchdev();
  await does(host, port('a', '0000:03:00.0,representor=vf0'));
  await tell(host, port('b', '0000:03:00.0,representor=pf0vf0'));
  expect(await errorOf(host, 'b')).toBe(
    `"'b' is trying to use device '0000:03:00.0,representor=pf0vf0' which is already in use by 'a'"`,
  );
  await does(host, 'ovs-vsctl del-port a', 'ovs-vsctl set Interface b external_ids:a=b');
  expect(await errorOf(host, 'b')).toBe('[]');
});

it('buffers for frames need hugepages', async () => {
  const host = await switchdev();
  await does(host, 'ovs-vsctl --no-wait del-br br0');
  await host.writeFile(`${pages}/nr_hugepages`, '64');
  await does(host, restart, 'ovs-vsctl add-br br0 -- set Bridge br0 datapath_type=netdev');
  await tell(host, port('a', '0000:03:00.0', ' mtu_request=9080'));
  expect(await errorOf(host, 'a')).toBe(
    '"could not add network device a to ofproto (Cannot allocate memory)"',
  );
});

it('a pair of patch ports needs both, each naming the other', async () => {
  const host = memorySim();
  for (const br of ['br-phy', 'br-a'])
    await does(host, `ovs-vsctl add-br ${br} -- set Bridge ${br} datapath_type=netdev`);
  await does(host, 'ovs-vsctl add-port br-a pa -- set Interface pa type=patch options:peer=pb');
  expect(await errorOf(host, 'pa')).toBe(`"No usable peer 'pb' exists in 'netdev' datapath."`);
  await does(host, 'ovs-vsctl add-port br-phy pb tag=7 -- set Interface pb type=patch options:peer=pa');
  expect([await errorOf(host, 'pa'), await errorOf(host, 'pb')]).toEqual(['[]', '[]']);
  await does(host, 'ovs-vsctl set Interface pb options:peer=zz');
  expect(await errorOf(host, 'pa')).toBe(`"No usable peer 'pb' exists in 'netdev' datapath."`);
});

it('br-phy keeps its address while its daemon is away, and has no carrier meanwhile', async () => {
  const host = memorySim({ card: 'plain' });
  await does(host, 'ip link set eth1 up', 'ip link set eth2 up');
  await does(
    host,
    'ovs-vsctl add-br br-phy -- set Bridge br-phy datapath_type=netdev other_config:hwaddr=02:00:00:00:00:01',
    'ovs-vsctl add-bond br-phy uplink eth1 eth2 bond_mode=active-backup other_config:bond-primary=eth1',
    'ip link set br-phy up',
    'ip addr add 192.168.9.2/24 dev br-phy',
    'ip route replace 10.9.0.0/16 via 192.168.9.254 dev br-phy proto static',
  );
  expect((await tell(host, 'ovs-appctl bond/show uplink')).stdout).toContain(
    'member eth1: enabled\n  active member\n',
  );
  const active = async () => (await tell(host, 'ovs-vsctl get Port uplink bond_active_slave')).stdout;
  const mac = async (name: string) => `"${(await linkRecord(host, name)).address}"\n`;
  expect(await active()).toBe(await mac('eth1'));
  await does(host, 'ip link set eth1 down');
  expect(await active()).toBe(await mac('eth2'));
  await does(host, 'systemctl stop openvswitch-switch');
  expect(await linkRecord(host, 'br-phy')).toMatchObject({
    address: '02:00:00:00:00:01',
    flags: expect.arrayContaining(['NO-CARRIER']),
    addr_info: [{ local: '192.168.9.2' }],
  });
  await does(host, 'systemctl start openvswitch-switch');
  expect((await tell(host, 'ip -j route show dev br-phy')).stdout).toContain('"gateway":"192.168.9.254"');
  await tell(host, 'reboot');
  expect((await linkRecord(host, 'br-phy')).addr_info).toEqual([]);
});

it('a VM’s tap has a carrier while the VM runs', async () => {
  const host = memorySim({ card: 'plain' });
  await does(
    host,
    'ovs-vsctl add-br br0 -- set Bridge br0 datapath_type=netdev',
    'ip tuntap add dev g0 mode tap',
    'ovs-vsctl add-port br0 g0',
    'ip link set g0 up',
  );
  const link = async () => (await tell(host, 'ovs-vsctl get Interface g0 link_state')).stdout;
  expect(await link()).toBe('down\n');
  await does(host, 'qemu-system-x86_64 -netdev tap,id=n0,ifname=g0,script=no,downscript=no');
  expect(await link()).toBe('up\n');
  expect((await tell(host, 'qemu-system-x86_64 -netdev tap,ifname=g0')).stderr).toContain(
    'Device or resource busy',
  );
  host.alter((state) => {
    state.processes = [];
  });
  await does(host, 'ovs-vsctl add-br br1');
  expect(await link()).toBe('down\n');
});

it('the polling cores are those of pmd-cpu-mask, at once', async () => {
  const host = await switchdev();
  await does(host, port('up', '0000:03:00.0', ' mtu_request=9080'));
  const cores = async () =>
    (await tell(host, 'ovs-appctl dpif-netdev/pmd-rxq-show')).stdout.match(/core_id \d+/g) ?? [];
  expect(await cores()).toEqual(['core_id 0']);
  await does(host, 'ovs-vsctl set Open_vSwitch . other_config:pmd-cpu-mask=0x6');
  expect(await cores()).toEqual(['core_id 1', 'core_id 2']);
});
