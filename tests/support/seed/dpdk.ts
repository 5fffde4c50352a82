import { bonded, emptied, given, guestSide, lagAwaited, pooled, switched } from './overlay.ts';
import { better, type Chapter, planned, type SeedCommand, toldOf } from './row.ts';

const mtus = ['enp3s0f0np0', 'enp3s0f1np1', 'bond0'].map((netdev) =>
  planned(`sudo ip link set mtu 9080 dev ${netdev}`, `ip link set dev ${netdev} mtu 9080`),
);

function up(netdev: string, ...by: readonly (string | RegExp)[]): SeedCommand {
  return planned(`sudo ip link set up dev ${netdev}`, ...by);
}

const daemon = '/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk';

/** `standalone` forwards everything whenever there is no flow; the external id is vflane’s mark. */
const secure =
  'fail-mode=standalone forwards whatever comes when there are no flows; vflane’s bridges forward nothing then (facts §17).';

export const dpdkChapters: readonly Chapter[] = [
  {
    name: 'approach 2: packages',
    datapath: 'ovs-dpdk',
    commands: [
      toldOf(
        'sudo apt install openvswitch-switch-dpdk dpdk',
        'Packages that are missing are a finding with this command, mlx5’s driver for DPDK among them (facts §7.1).',
        {
          after: ['apt-get remove openvswitch-switch-dpdk'],
          code: 'VF2052',
          says: /apt-get install .*openvswitch-switch-dpdk/,
        },
      ),
      planned(
        `sudo update-alternatives --set ovs-vswitchd ${daemon}`,
        `update-alternatives --set ovs-vswitchd ${daemon}`,
      ),
    ],
  },
  {
    name: 'approach 2: host',
    datapath: 'ovs-dpdk',
    commands: [
      emptied('enp3s0f0np0', '0000:03:00.0'),
      emptied('enp3s0f1np1', '0000:03:00.1'),
      ...switched,
      planned(
        'sudo ovs-vsctl --no-wait set Open_vSwitch . other_config:dpdk-init=true',
        /^ovs-vsctl set Open_vSwitch \. .*other_config:dpdk-init=true/,
      ),
      planned(
        'sudo ovs-vsctl --no-wait set Open_vSwitch . other_config:hw-offload=true',
        /^ovs-vsctl set Open_vSwitch \. .*other_config:hw-offload=true/,
      ),
      planned(
        'echo 1024 | sudo tee /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages',
        /^echo \d+ > \S*\/hugepages-2048kB\/nr_hugepages$/,
      ),
      planned(
        'sudo ovs-vsctl --no-wait set Open_vSwitch . other_config:dpdk-extra="-a 0000:03:00.0,representor=pf[0,1]vf[0-1],dv_flow_en=1,dv_xmeta_en=1,dv_esw_en=1"',
        /other_config:dpdk-extra="?-a 0000:03:00\.0,representor=pf\[0-1\]vf\[0-1\],dv_flow_en=1,dv_xmeta_en=1,dv_esw_en=1/,
      ),
      planned(
        'sudo systemctl restart openvswitch-switch',
        /^systemctl restart openvswitch-switch(\.service)?$/,
      ),
      ...['enp3s0f0np0', 'enp3s0f1np1'].map((netdev) =>
        planned(`sudo ip link set down dev ${netdev}`, `ip link set dev ${netdev} down`),
      ),
      ...bonded,
      ...mtus,
      lagAwaited,
      pooled,
      better(
        'sudo ovs-vsctl add-br br-phy -- set Bridge br-phy datapath_type=netdev -- br-set-external-id br-phy bridge-id br-phy -- set bridge br-phy fail-mode=standalone other_config:hwaddr=$(cat /sys/class/net/bond0/address)',
        secure,
        [
          /^ovs-vsctl add-br br-phy$/,
          /^ovs-vsctl set Bridge br-phy .*datapath_type=netdev/,
          /^ovs-vsctl set Bridge br-phy .*fail_mode=secure/,
          /other_config:hwaddr=/,
        ],
        [/standalone/],
      ),
      planned(
        'sudo ovs-vsctl add-port br-phy p0 -- set Interface p0 type=dpdk mtu_request=9080 options:dpdk-lsc-interrupt=true options:dpdk-devargs=0000:03:00.0',
        /^ovs-vsctl add-port br-phy p0$/,
        /^ovs-vsctl set Interface p0 (?=.*type=dpdk)(?=.*mtu_request=9080)(?=.*options:dpdk-devargs=0000:03:00\.0( |$))/,
        // The default since 3.4; Debian 12’s 3.1 has it off (facts §7.1).
        /^ovs-vsctl set Interface p0 .*options:dpdk-lsc-interrupt=true/,
      ),
      planned('sudo ip addr add 192.168.9.2/24 dev br-phy', 'ip addr replace 192.168.9.2/24 dev br-phy'),
      better(
        'sudo ovs-vsctl add-br br-vxlan -- set Bridge br-vxlan datapath_type=netdev -- br-set-external-id br-vxlan bridge-id br-vxlan -- set bridge br-vxlan fail-mode=standalone',
        secure,
        [
          'ovs-vsctl add-br br-storage',
          /^ovs-vsctl set Bridge br-storage .*datapath_type=netdev/,
          /^ovs-vsctl set Bridge br-storage .*fail_mode=secure/,
        ],
        [/standalone/],
      ),
      planned(
        'sudo ovs-vsctl add-port br-vxlan pf0vf0 -- set Interface pf0vf0 mtu_request=9080 type=dpdk options:dpdk-devargs=0000:03:00.0,representor=[0]',
        /^ovs-vsctl add-port br-storage vm-\w+ external_ids:vflane-role=\S+$/,
        /^ovs-vsctl set Interface vm-\w+ (?=.*type=dpdk)(?=.*mtu_request=9\d\d\d)(?=.*options:dpdk-devargs="?0000:03:00\.0,representor=pf0vf0)/,
      ),
      planned(
        'sudo ovs-vsctl add-port br-vxlan vxlan0 -- set interface vxlan0 type=vxlan options:local_ip=192.168.9.2 options:remote_ip=192.168.9.1 options:key=42 options:dst_port=4789',
        /^ovs-vsctl set Interface to-beta-\w+ type=vxlan options:dst_port=4789 options:key=42 options:local_ip=192\.168\.9\.2 options:remote_ip=192\.168\.9\.1/,
        /^ovs-vsctl add-port br-storage to-beta-\w+ .*protected=true/,
      ),
      up('enp3s0f0np0', 'ip link set dev enp3s0f0np0 up'),
      up('enp3s0f1np1', 'ip link set dev enp3s0f1np1 up'),
      up('bond0', 'ip link set dev bond0 up'),
      up('enp3s0f0r0', /^ip link set dev (enp3s0f0r0|vm-\w+) .*up$/),
      up('br-phy', /^ip link set dev br-phy .*up$/),
      better(
        'sudo ip link set up dev br-vxlan',
        'A tenant’s bridge whose own port is up takes VXLAN datagrams sent to its MAC: it stays down (facts §17).',
        [],
        [/^ip link set dev (br-storage|br-vxlan)/],
      ),
      ...given,
    ],
  },
  { name: 'approach 2: VM', datapath: 'ovs-dpdk', inGuest: true, commands: guestSide },
];
