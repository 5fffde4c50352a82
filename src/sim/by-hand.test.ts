import { expect, it } from 'vitest';
import { memorySim } from './open-sim.ts';
import type { SimHost } from './sim-host.ts';
import { does, driverOf, netdev0, netdev1, tell, vfRecord } from './testing/tell.ts';
import { simulateTraffic } from './traffic.ts';

/** What an engineer types to share the card without vflane, as far as a host without OVS accepts it. */
const numVfs = (netdev: string) => `tee -a /sys/class/net/${netdev}/device/sriov_numvfs`;
const drivers = '/sys/bus/pci/drivers';

async function works(host: SimHost, line: string, stdin?: string): Promise<void> {
  const told = await tell(host, line, stdin);
  expect({ line, ...told }).toMatchObject({ code: 0, stderr: '' });
}

it('legacy SR-IOV with VLANs works by hand, once', async () => {
  const host = memorySim();
  for (const netdev of [netdev1, netdev0]) await works(host, numVfs(netdev), '2\n');
  for (const netdev of [netdev0, netdev1]) await works(host, `ip link set dev ${netdev} vf 1 vlan 40`);
  await works(host, 'modprobe vfio-pci');
  const { stdout } = await tell(
    host,
    'cat /sys/bus/pci/devices/0000:03:00.3/vendor /sys/bus/pci/devices/0000:03:00.3/device',
  );
  const id = `${stdout.trim().replace('\n', ' ')}\n`;
  await works(host, `tee ${drivers}/vfio-pci/new_id`, id);
  for (const vf of ['0000:03:00.3', '0000:03:02.3'])
    await works(host, `tee ${drivers}/mlx5_core/unbind`, `${vf}\n`);
  for (const vf of ['0000:03:00.3', '0000:03:02.3'])
    await works(host, `tee ${drivers}/vfio-pci/bind`, `${vf}\n`);
  for (const netdev of [netdev0, netdev1]) await works(host, `ip link set mtu 9080 dev ${netdev}`);
  const vfio = '-device vfio-pci,host=0000:03:00.3 -device vfio-pci,host=0000:03:02.3';
  await works(host, 'qemu-img create -q -f qcow2 debian.qcow2 3G');
  await works(
    host,
    `qemu-system-x86_64 -accel kvm -nographic -m 8G -cpu host -smp 16 -drive file=debian.qcow2 ${vfio}`,
  );
  expect(await vfRecord(host, netdev1, 1)).toMatchObject({ vlan_list: [{ vlan: 40 }] });
  expect(await driverOf(host, '0000:03:00.2')).toBe('mlx5_core');
  expect((await tell(host, `tee ${drivers}/vfio-pci/new_id`, id)).stderr).toBe(
    `tee: ${drivers}/vfio-pci/new_id: File exists\n`,
  );
});

it.each([
  ['debian-13', 'off'],
  ['doca', 'on'],
] as const)('switchdev under a bond comes up on %s with its shared FDB %s', async (kernel, shared) => {
  const host = memorySim({ kernel });
  for (const netdev of [netdev1, netdev0]) await works(host, numVfs(netdev), '0\n');
  for (const fn of ['0', '1'])
    await works(host, `devlink dev eswitch set pci/0000:03:00.${fn} mode switchdev`);
  await works(host, 'ip link add dev bond0 type bond mode active-backup miimon 100');
  for (const netdev of [netdev0, netdev1]) await works(host, `ip link set dev ${netdev} master bond0`);
  await works(host, 'ip link set dev bond0 up');
  await works(host, 'ip addr add 192.168.9.2/24 dev bond0');
  expect((await tell(host, 'cat /sys/kernel/debug/mlx5/0000:03:00.0/lag/state')).stdout).toBe('active\n');
  await works(host, numVfs(netdev0), '2\n');
  for (const netdev of [netdev0, netdev1, 'bond0']) await works(host, `ip link set dev ${netdev} mtu 9080`);
  await works(host, 'ip link set dev enp3s0f0r0 mtu 9000');
  await works(host, 'ip link set dev enp3s0f0r0 up');
  await does(host, 'modprobe vfio-pci');
  await works(host, `tee -a ${drivers}/vfio-pci/new_id`, '0x15b3 0x101a\n');
  await works(host, `tee ${drivers}/mlx5_core/unbind`, '0000:03:00.2\n');
  await works(host, `tee ${drivers}/vfio-pci/bind`, '0000:03:00.2\n');
  await works(host, 'qemu-system-x86_64 -device vfio-pci,host=0000:03:00.2');
  await works(host, `ethtool -L ${netdev0} combined 32`);
  expect((await tell(host, 'cat /sys/kernel/debug/mlx5/0000:03:00.0/lag/flags')).stdout).toContain(
    `shared_fdb:${shared}`,
  );
  expect((await tell(host, `ip link set ${netdev0} vf 0 trust on`)).stderr).toBe(
    'RTNETLINK answers: Operation not supported\n',
  );
});

const vxlan = 'type=vxlan options:local_ip=192.168.9.2 options:remote_ip=192.168.9.1 options:key=42';

/** Switchdev on both ports, the bond, and then the VFs: the start of both overlays. */
async function bonded(host: SimHost): Promise<void> {
  for (const fn of ['0', '1'])
    await works(host, `devlink dev eswitch set pci/0000:03:00.${fn} mode switchdev`);
  await works(host, 'ip link add dev bond0 type bond mode active-backup miimon 100');
  for (const netdev of [netdev0, netdev1]) await works(host, `ip link set dev ${netdev} master bond0`);
  for (const netdev of [netdev0, netdev1, 'bond0']) await works(host, `ip link set mtu 9080 dev ${netdev}`);
  await works(host, 'ip link set dev bond0 up');
  await works(host, numVfs(netdev0), '2\n');
}

it('OVS over switchdev and tc works by hand, and is in hardware once the daemon is restarted', async () => {
  const host = memorySim({ kernel: 'doca' });
  await bonded(host);
  await works(host, 'ip addr add 192.168.9.2/24 dev bond0');
  await works(host, 'systemctl start openvswitch-switch.service');
  await works(host, 'ovs-vsctl set Open_vSwitch . other_config:hw-offload=true');
  await works(host, 'systemctl restart openvswitch-switch.service');
  await works(host, 'ovs-vsctl add-br ovs-sriov');
  await works(host, 'ovs-vsctl add-port ovs-sriov enp3s0f0r0');
  await works(host, `ovs-vsctl add-port ovs-sriov vxlan0 -- set interface vxlan0 ${vxlan}`);
  await works(host, 'ip link set dev enp3s0f0r0 mtu 9000');
  for (const netdev of ['ovs-sriov', 'enp3s0f0r0']) await works(host, `ip link set dev ${netdev} up`);
  host.alter((state) => simulateTraffic(state, 'ovs-sriov'));
  const flows = await tell(host, 'ovs-appctl dpctl/dump-flows -m type=offloaded');
  expect(flows.stdout).toContain('in_port(enp3s0f0r0)');
});

it('OVS with DPDK works by hand, but not the other port’s VFs: no RDMA device is called bond', async () => {
  const host = memorySim({ kernel: 'doca' });
  const daemon = '/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk';
  expect((await tell(host, `update-alternatives --set ovs-vswitchd ${daemon}`)).code).toBe(0);
  await works(host, 'ovs-vsctl --no-wait set Open_vSwitch . other_config:dpdk-init=true');
  await works(host, 'ovs-vsctl --no-wait set Open_vSwitch . other_config:hw-offload=true');
  await works(host, 'tee /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages', '1024\n');
  const extra = '-a 0000:03:00.0,representor=pf[0,1]vf[0-1],dv_flow_en=1,dv_xmeta_en=1,dv_esw_en=1';
  await host.run(['ovs-vsctl', '--no-wait', 'set', 'Open_vSwitch', '.', `other_config:dpdk-extra=${extra}`]);
  await bonded(host);
  await works(host, 'systemctl restart openvswitch-switch');
  const mac = (await host.readFile('/sys/class/net/bond0/address')).trim();
  await works(
    host,
    `ovs-vsctl add-br br-phy -- set Bridge br-phy datapath_type=netdev -- br-set-external-id br-phy bridge-id br-phy -- set bridge br-phy fail-mode=standalone other_config:hwaddr=${mac}`,
  );
  await works(
    host,
    'ovs-vsctl add-port br-phy p0 -- set Interface p0 type=dpdk mtu_request=9080 options:dpdk-lsc-interrupt=true options:dpdk-devargs=0000:03:00.0',
  );
  await works(host, 'ip addr add 192.168.9.2/24 dev br-phy');
  await works(host, 'ovs-vsctl add-br br-vxlan -- set Bridge br-vxlan datapath_type=netdev');
  const port = (name: string, rep: string) =>
    `ovs-vsctl add-port br-vxlan ${name} -- set Interface ${name} mtu_request=9080 type=dpdk options:dpdk-devargs=0000:03:00.0,representor=${rep}`;
  await works(host, port('pf0vf0', '[0]'));
  await works(
    host,
    `ovs-vsctl add-port br-vxlan vxlan0 -- set interface vxlan0 ${vxlan} options:dst_port=4789`,
  );
  for (const netdev of ['enp3s0f0r0', 'br-phy', 'br-vxlan'])
    await works(host, `ip link set up dev ${netdev}`);
  await works(host, numVfs(netdev1), '2\n');
  expect((await tell(host, port('pf1vf0', 'pf1vf0'))).stderr).toContain('Error attaching device');
  expect((await tell(host, 'ovs-appctl tnl/ports/show')).stdout).toContain('vxlan_sys_4789');
});
