import { bonded, emptied, given, guestSide, lagAwaited, pooled, switched } from './overlay.ts';
import { better, type Chapter, planned, type SeedCommand, toldOf } from './row.ts';

/** No other driver is needed if the kernel has NET_TC_SKB_EXT (facts §0), and VF2030 says which kernels do. */
function driver(typed: string): SeedCommand {
  return toldOf(
    typed,
    'On a stock kernel that cannot offload tc a finding names the option, and DOCA’s driver among the remedies; with the option set, Debian’s own driver does (facts §0).',
    { after: [], kernel: 'debian-13', code: 'VF2030', says: /CONFIG_NET_TC_SKB_EXT=y .*DOCA-OFED driver/ },
  );
}

function mtu(netdev: string, bytes: number) {
  return planned(`sudo ip link set dev ${netdev} mtu ${bytes}`, `ip link set dev ${netdev} mtu ${bytes}`);
}

export const tcChapters: readonly Chapter[] = [
  {
    name: 'approach 3: driver',
    datapath: 'ovs-tc',
    commands: [
      'wget https://www.mellanox.com/downloads/DOCA/DOCA_v3.1.0/host/doca-host_3.1.0-091000-25.07-debian125_amd64.deb',
      'wget http://DEBIAN-MIRROR/debian/pool/main/libj/libjsoncpp/libjsoncpp25_1.9.5-4_amd64.deb',
      'sudo dpkg -i libjsoncpp25_1.9.5-4_amd64.deb',
      'sudo dpkg -i doca-host_3.1.0-091000-25.07-debian125_amd64.deb',
      'sudo apt-get update',
      'sudo apt-get -y install doca-networking',
      'sudo reboot',
      '# sudo rmmod mlx5_fwctl mlx5_ib mlx5_core mlxdevm mlx_compat mlxfw',
      '# sudo modprobe mlx5_core',
    ].map(driver),
  },
  {
    name: 'approach 3: host',
    datapath: 'ovs-tc',
    commands: [
      emptied('enp3s0f1np1', '0000:03:00.1'),
      emptied('enp3s0f0np0', '0000:03:00.0'),
      ...switched,
      ...bonded,
      planned('sudo ip link set dev bond0 up', 'ip link set dev bond0 up'),
      planned('sudo ip addr add 192.168.9.2/24 dev bond0', 'ip addr replace 192.168.9.2/24 dev bond0'),
      lagAwaited,
      pooled,
      toldOf(
        'sudo systemctl start openvswitch-switch.service',
        'An Open vSwitch that does not run is a finding with this command: somebody stopped it.',
        {
          after: ['systemctl stop openvswitch-switch'],
          code: 'VF2050',
          says: /systemctl start openvswitch-switch/,
        },
      ),
      planned(
        'sudo ovs-vsctl set Open_vSwitch . other_config:hw-offload=true',
        'ovs-vsctl set Open_vSwitch . other_config:hw-offload=true',
      ),
      planned(
        'sudo systemctl restart openvswitch-switch.service',
        'systemctl restart openvswitch-switch.service',
      ),
      planned(
        'sudo ovs-vsctl add-br ovs-sriov',
        'ovs-vsctl add-br br-storage',
        /^ovs-vsctl set Bridge br-storage .*fail_mode=secure/,
      ),
      planned(
        'sudo ovs-vsctl add-port ovs-sriov enp3s0f0r0',
        /^ovs-vsctl add-port br-storage vm-\w+ external_ids:vflane-role=\S+$/,
      ),
      planned(
        'ovs-vsctl add-port ovs-sriov vxlan0 -- set interface vxlan0 type=vxlan options:local_ip=192.168.9.2 options:remote_ip=192.168.9.1 options:key=42',
        /^ovs-vsctl set Interface to-beta-\w+ type=vxlan .*options:key=42 options:local_ip=192\.168\.9\.2 options:remote_ip=192\.168\.9\.1/,
        // A third host would loop without (facts §17).
        /^ovs-vsctl add-port br-storage to-beta-\w+ .*protected=true/,
      ),
      mtu('enp3s0f0np0', 9080),
      mtu('enp3s0f1np1', 9080),
      mtu('bond0', 9080),
      planned('sudo ip link set dev enp3s0f0r0 mtu 9000', /^ip link set dev vm-\w+ mtu 9000 up$/),
      better(
        'sudo ip link set dev ovs-sriov up',
        'A tenant’s bridge whose own port is up takes VXLAN datagrams sent to its MAC: it stays down (facts §17).',
        [],
        [/^ip link set dev (br-storage|ovs-sriov)/],
      ),
      planned('sudo ip link set dev enp3s0f0r0 up', /^ip link set dev vm-\w+ mtu 9000 up$/),
      ...given,
    ],
  },
  { name: 'approach 3: VM', datapath: 'ovs-tc', inGuest: true, commands: guestSide },
];
