import type { Row } from './lab-rows.ts';

const devices = '/sys/bus/pci/devices';
export const [pf0, pf1] = [`${devices}/0000:01:00.0`, `${devices}/0000:01:00.1`];
const drivers = '/sys/bus/pci/drivers';
export const probe = '/sys/bus/pci/drivers_probe';
export const vf = (name: string) => `${devices}/${name}`;
const settle = 'udevadm settle --timeout=10';

const readback: readonly Row[] = [
  settle,
  ...[pf0, pf1].flatMap((pf) => [`< ${pf}/sriov_numvfs`, `< ${pf}/sriov_drivers_autoprobe`]),
  ...[pf0, pf1].flatMap((pf) => [0, 1].flatMap((i) => [`@ ${pf}/virtfn${i}`, `@ ${pf}/virtfn${i}/driver`])),
  'ip netns list',
  'ip -j -d addr show',
];

/** Two VFs on each port, whatever was there before, to which no driver binds automatically. */
export const twoVfs: readonly Row[] = [pf0, pf1].flatMap((pf) => [
  `> ${pf}/sriov_numvfs 0`,
  `> ${pf}/sriov_drivers_autoprobe 0`,
  `> ${pf}/sriov_numvfs 2`,
]);

export const v00 = '0000:01:10.0';
const [v01, v10] = ['0000:01:10.2', '0000:01:10.1'];

/** Requests to both kernels; each section continues where the one before it ended. */
export const sections: { readonly [title: string]: readonly Row[] } = {
  'the number of VFs': [
    ...['8', '65536', '-1', 'abc', '0x2', '2', '3', '0', '07', '0', '0'].flatMap((text) => [
      `> ${pf0}/sriov_numvfs ${text}`,
      `< ${pf0}/sriov_numvfs`,
    ]),
    ...['2', 'x', 'n', 'y', '0'].flatMap((text) => [
      `> ${pf0}/sriov_drivers_autoprobe ${text}`,
      `< ${pf0}/sriov_drivers_autoprobe`,
    ]),
    `> ${pf0}/sriov_totalvfs 3`,
    ...['totalvfs', 'offset', 'stride', 'vf_device'].map((name) => `< ${pf0}/sriov_${name}`),
    `< ${pf0}/nosuch`,
    ...readback,
  ],
  'what a PF sets for a VF': [
    ...twoVfs,
    'ip link set enp1s0f0 up',
    'ip link set enp1s0f1 up',
    ...[
      ['mac 02:11:22:33:44:00', 'mac 01:00:5e:00:00:01', 'mac 00:00:00:00:00:00', 'mac nonsense'],
      [
        'vlan 40',
        'vlan 40 qos 3',
        'vlan 40 qos 8',
        'vlan 40 proto 802.1ad',
        'vlan 4095',
        'vlan 4096',
        'vlan 0',
      ],
      ['spoofchk off', 'spoofchk on', 'spoofchk maybe', 'trust on', 'trust off'],
      ['state auto', 'state enable', 'state disable', 'query_rss on', 'node_guid 00:11:22:33:44:55:66:77'],
      ['rate 100', 'max_tx_rate 200', 'max_tx_rate 2000', 'min_tx_rate 10', 'max_tx_rate 0'],
      ['mac 02:aa:00:00:00:00 vlan 40 spoofchk on trust on max_tx_rate 50'],
    ]
      .flat()
      .flatMap((words) => [`ip link set enp1s0f0 vf 0 ${words}`, 'ip -j link show dev enp1s0f0']),
    'ip link set enp1s0f0 vf 2 vlan 1',
    'ip link set enp1s0f0 vf 7 mac 02:11:22:33:44:09',
    'ip link set enp1s0f0 vf -1 vlan 1',
    'ip link set enp1s0f0 vf 1',
    'ip link set mgmt0 vf 0 vlan 1',
    'ip link set nosuch vf 0 vlan 1',
    ...readback,
  ],
  'that VFs are gone with what was set for them': [
    `> ${pf0}/sriov_numvfs 0`,
    `> ${pf0}/sriov_numvfs 2`,
    'ip -j link show dev enp1s0f0',
  ],
  'drivers, without autoprobe': [
    ...twoVfs,
    'ip link set enp1s0f0 vf 0 mac 02:cc:00:00:00:00',
    'modprobe vfio-pci',
    `> ${probe} ${v00}`,
    `@ ${vf(v00)}/driver`,
    `> ${drivers}/igbvf/bind ${v00}`,
    `> ${vf(v00)}/driver_override igbvf`,
    `< ${vf(v00)}/driver_override`,
    `> ${probe} ${v00}`,
    `@ ${vf(v00)}/driver`,
    `> ${drivers}/igbvf/bind ${v00}`,
    `> ${drivers}/vfio-pci/unbind ${v00}`,
    `> ${vf(v00)}/driver_override vfio-pci`,
    `> ${probe} ${v00}`,
    `@ ${vf(v00)}/driver`,
    `> ${vf(v00)}/driver/unbind ${v00}`,
    `> ${probe} ${v00}`,
    `@ ${vf(v00)}/driver`,
    `> ${vf(v00)}/driver_override \n`,
    `< ${vf(v00)}/driver_override`,
    `> ${vf(v01)}/driver_override nonsense`,
    `> ${probe} ${v01}`,
    `@ ${vf(v01)}/driver`,
    `> ${drivers}/nonsense/bind ${v01}`,
    `> ${drivers}/igb/bind ${v01}`,
    `> ${probe} 0000:01:1f.7`,
    `> ${vf(v10)}/sriov_numvfs 0`,
    ...readback,
  ],
  'drivers, with autoprobe': [
    `> ${pf0}/sriov_numvfs 0`,
    `> ${pf0}/sriov_drivers_autoprobe 1`,
    `> ${pf0}/sriov_numvfs 2`,
    settle,
    `@ ${vf(v00)}/driver`,
    `> ${vf(v00)}/driver/unbind ${v00}`,
    `@ ${vf(v00)}/driver`,
    `> ${drivers}/igbvf/bind ${v00}`,
    `@ ${vf(v00)}/driver`,
    ...readback,
  ],
  MTU: [
    ...twoVfs,
    'ip link set enp1s0f0 vf 0 mac 02:cc:00:00:00:00',
    `> ${vf(v00)}/driver_override igbvf`,
    `> ${probe} ${v00}`,
    settle,
    ...['9216', '9217', '68', '67', 'x', '1500'].flatMap((mtu) => [
      `ip link set enp1s0f0 mtu ${mtu}`,
      '< /sys/class/net/enp1s0f0/mtu',
    ]),
    ...['9000', '9216', '9217', '67', '1500'].flatMap((mtu) => [
      `ip link set enp1s0f0v0 mtu ${mtu}`,
      '< /sys/class/net/enp1s0f0v0/mtu',
    ]),
    ...readback,
  ],
  'a bond over two VFs in a namespace': [
    ...twoVfs,
    ...[v00, v10].flatMap((name, port) => [
      `ip link set enp1s0f${port} vf 0 mac 02:bb:00:00:0${port}:00 vlan 41`,
      `> ${vf(name)}/driver_override igbvf`,
      `> ${probe} ${name}`,
    ]),
    settle,
    'ip netns add g1',
    'ip netns add g1',
    'ip netns add ../g2',
    'ip link set enp1s0f0v0 netns g1 name lane-p0',
    'ip link set enp1s0f1v0 netns g1 name lane-p0',
    'ip link set enp1s0f1v0 netns nosuch',
    'ip link set enp1s0f1v0 netns g1 name lane-p1',
    'ip link show dev enp1s0f0v0',
    'ip -n g1 link set lane-p0 address 02:de:ad:00:00:01',
    'ip -n g1 link add lane type bond mode active-backup miimon 100',
    'ip -n g1 link add lane type bond',
    'ip -n g1 link set lane-p0 up',
    'ip -n g1 link set lane-p0 master lane',
    'ip -n g1 link set lane-p0 down',
    'ip -n g1 link set lane-p0 master lane',
    'ip -n g1 link set lane-p1 master lane',
    'ip -n g1 link del lane',
    'ip -n g1 link add lane type bond mode active-backup fail_over_mac active num_grat_arp 3 miimon 100',
    'ip -n g1 link set lane-p0 down',
    'ip -n g1 link set lane-p1 down',
    'ip -n g1 link set lane-p0 master lane',
    'ip -n g1 link set lane-p1 master lane',
    'ip -n g1 link set lane mtu 9000',
    'ip -n g1 link set lane mtu 9217',
    'ip -n g1 link set lane type bond primary lane-p0',
    'ip -n g1 link set lane type bond primary nosuch',
    'ip -n g1 link set lane type bond mode 802.3ad',
    'ip -n g1 link set lane type bond miimon 200',
    'ip -n g1 link set lane type bond arp_interval 100',
    'ip -n g1 link set lane type bond active_slave lane-p1',
    'ip -n g1 link set lane up',
    'ip -n g1 addr add 10.9.9.1/24 dev lane',
    'ip -n g1 addr add 10.9.9.1/24 dev lane',
    'ip -n g1 addr replace 10.9.9.1/24 dev lane',
    'ip -n g1 addr del 10.9.9.2/24 dev lane',
    'ip -n g1 link set lane-p1 nomaster',
    'ip -n g1 link set lane-p1 nomaster',
    'ip -n g1 link set lane-p1 name lane',
    'ip -n g1 -j -d addr show',
    'ip -n nosuch link',
    'ip netns del nosuch',
    ...readback,
    'ip netns del g1',
    `> ${pf0}/sriov_numvfs 0`,
    `> ${pf1}/sriov_numvfs 0`,
    ...readback,
  ],
};
