import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseIpAddr } from '../src/observe/ip-link.ts';
import type { SimHost } from '../src/sim/sim-host.ts';
import { type LabHost, labHost } from './support/lab-host.ts';
import { type Answer, askLab, askSim, type Row, simLikeLab } from './support/lab-rows.ts';

/** The same commands, in the same order, to the lab's kernel and to the simulated one. */
const devices = '/sys/bus/pci/devices';
const [pf0, pf1] = [`${devices}/0000:01:00.0`, `${devices}/0000:01:00.1`];
const drivers = '/sys/bus/pci/drivers';
const probe = '/sys/bus/pci/drivers_probe';
const vf = (name: string) => `${devices}/${name}`;
const settle = 'udevadm settle --timeout=10';

const readback: readonly Row[] = [
  settle,
  ...[pf0, pf1].flatMap((pf) => [`< ${pf}/sriov_numvfs`, `< ${pf}/sriov_drivers_autoprobe`]),
  ...[pf0, pf1].flatMap((pf) => [0, 1].flatMap((i) => [`@ ${pf}/virtfn${i}`, `@ ${pf}/virtfn${i}/driver`])),
  'ip netns list',
  'ip -j -d addr show',
];

const twoVfs: readonly Row[] = [pf0, pf1].flatMap((pf) => [
  `> ${pf}/sriov_numvfs 0`,
  `> ${pf}/sriov_drivers_autoprobe 0`,
  `> ${pf}/sriov_numvfs 2`,
]);

const [v00, v01, v10] = ['0000:01:10.0', '0000:01:10.2', '0000:01:10.1'];

const sections: { readonly [title: string]: readonly Row[] } = {
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

/** Where the two may differ, and why. */
const allowed: readonly Allowed[] = [
  {
    title: /^drivers, with autoprobe$/,
    at: /^enp1s0f0(v[01])?\.(vfinfo_list\.[01]\.)?(address|permaddr)$/,
    why: 'igbvf invents a MAC for a VF that was given none, udev sets another (MACAddressPolicy), and igb shows that as the VF’s',
  },
  {
    title: /^a bond over two VFs/,
    at: /^lane(-p[01])?\.linkinfo\.info_(slave_)?data\.(mii_status|active_slave)$/,
    why: 'a real bond looks at its slaves only every miimon ms, and igbvf takes seconds to see a link',
  },
];

interface Allowed {
  readonly title: RegExp;
  readonly at: RegExp;
  readonly why: string;
}

let lab: LabHost;
let sim: SimHost;

beforeAll(async () => {
  [lab, sim] = await Promise.all([labHost(), simLikeLab()]);
});
afterAll(() => lab?.down());

type Leaves = ReadonlyMap<string, string>;

/** Of an answer only what a rule says, by its place: `enp1s0f0.vfinfo_list.0.vlan_list.0.vlan`. */
function leavesOf({ row, stdout = '', ...rest }: Answer): Leaves {
  const isJson = /^ip .*-j /.test(row) && stdout !== '';
  const links = isJson ? (JSON.parse(stdout) as readonly Record<string, unknown>[]) : [];
  const named = links
    .filter(({ ifname }) => ifname !== 'mgmt0')
    .map(({ ifname, ...link }) => [String(ifname), seenLink(link)] as const);
  return new Map(leaves('', { ...rest, ...Object.fromEntries(named) }));
}

/** Without numbers that the kernel counts, addresses that it makes of others, and carrier, which takes its time. */
function seenLink(link: Record<string, unknown>): unknown {
  const { ifindex: _, link_index: _l, operstate: _o, qdisc: _q, flags = [], addr_info = [], ...rest } = link;
  return {
    ...rest,
    flags: (flags as readonly string[]).filter((flag) => !['LOWER_UP', 'NO-CARRIER'].includes(flag)).join(),
    addr_info: (addr_info as readonly Record<string, unknown>[]).filter(({ scope }) => scope !== 'link'),
  };
}

function leaves(at: string, value: unknown): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[at, JSON.stringify(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[at, JSON.stringify(value)]];
  return entries.flatMap(([key, inner]) => leaves(at === '' ? key : `${at}.${key}`, inner));
}

function differences(title: string, real: Answer, simulated: Answer | undefined): readonly unknown[] {
  const [a, b] = [leavesOf(real), simulated ? leavesOf(simulated) : new Map<string, string>()];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((at) => a.get(at) !== b.get(at))
    .filter((at) => !allowed.some((one) => one.title.test(title) && one.at.test(at)))
    .map((at) => ({ row: real.row, at, real: a.get(at), simulated: b.get(at) }));
}

describe.each(Object.entries(sections))('%s', (title, rows) => {
  it('is the same on both', async () => {
    const [real, simulated] = await Promise.all([askLab(lab, rows), askSim(sim, rows)]);
    expect(real.flatMap((answer, n) => differences(title, answer, simulated[n]))).toEqual([]);
  });
});

/** Opens a VF as a VM's does: container, group, IOMMU, device (linux/vfio.h). Perl has ioctl(2), and is on every Debian. */
const holder = `use Fcntl;
my ($group, $vf, $device) = @ARGV;
sysopen(my $c, "/dev/vfio/vfio", O_RDWR) or die "container: $!";
sysopen(my $g, "/dev/vfio/$group", O_RDWR) or die "group: $!";
if ($device) {
  ioctl($g, 0x3b68, pack("i", fileno $c)) or die "set container: $!";
  ioctl($c, 0x3b66, 1) or die "set iommu: $!";
  ioctl($g, 0x3b6a, "$vf\\0") or die "device: $!";
}
$| = 1;
print "held\\n";
sleep 600;`;

describe('a VF that a process holds', () => {
  /** What a write of 0 to sriov_numvfs, and a read of it, have said three seconds later; then the process ends. */
  async function takeAway(withDevice: boolean) {
    const group = `$(basename $(readlink ${vf(v00)}/iommu_group))`;
    await askLab(lab, [...twoVfs, `> ${vf(v00)}/driver_override vfio-pci`, `> ${probe} ${v00}`]);
    await lab.ssh(`cat >/root/hold.pl <<'END'\n${holder}\nEND`);
    await lab.ssh(
      `perl /root/hold.pl ${group} ${v00} ${withDevice ? 1 : 0} </dev/null >/root/held 2>&1 & echo $! >/root/holder
until [ -s /root/held ]; do sleep 0.1; done; grep -x held /root/held
(echo 0 >${pf0}/sriov_numvfs; echo "write $?") </dev/null >/root/write 2>&1 &
sleep 0.5; (cat ${pf0}/sriov_numvfs; echo "read $?") </dev/null >/root/read 2>&1 &
sleep 3`,
    );
    const meanwhile = await lab.ssh('cat /root/write /root/read');
    await lab.ssh(`kill $(cat /root/holder); until grep -q read /root/read; do sleep 0.1; done`);
    return { meanwhile, afterwards: await lab.ssh('cat /root/write /root/read') };
  }

  it('makes a write and a read of sriov_numvfs wait until it lets go, on igb too', async () => {
    expect(await takeAway(true)).toEqual({ meanwhile: '', afterwards: 'write 0\n0\nread 0' });
    const taken = await askSim(sim, [
      ...twoVfs,
      `> ${vf(v00)}/driver_override vfio-pci`,
      `> ${probe} ${v00}`,
    ]);
    expect(taken.filter(({ refused }) => refused !== undefined)).toEqual([]);
    await sim.run(['qemu-system-x86_64', '-device', `vfio-pci,host=${v00}`]);
    const [write, read] = await askSim(sim, [`> ${pf0}/sriov_numvfs 0`, `< ${pf0}/sriov_numvfs`]);
    expect([write?.refused, read?.refused]).toEqual(['timeout', 'timeout']);
  });

  it('is taken from a process that has opened its group and not yet the VF', async () => {
    expect(await takeAway(false)).toMatchObject({ meanwhile: 'write 0\n0\nread 0' });
  });
});

describe('all the VFs that two ports can have', () => {
  it('are in one answer of ip, and read', async () => {
    await askLab(
      lab,
      [pf0, pf1].flatMap((pf) => [`> ${pf}/sriov_numvfs 0`, `> ${pf}/sriov_numvfs 7`]),
    );
    const { vfs } = parseIpAddr(await lab.ssh('ip -j -d addr show'));
    expect([...vfs].map(([name, settings]) => [name, settings.size])).toEqual([
      ['enp1s0f0', 7],
      ['enp1s0f1', 7],
    ]);
  });
});
