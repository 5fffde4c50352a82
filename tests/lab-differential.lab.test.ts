import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseIpAddr } from '../src/observe/ip-link.ts';
import type { SimHost } from '../src/sim/sim-host.ts';
import { type LabHost, labHost } from './support/lab-host.ts';
import { type Answer, askLab, askSim, simLikeLab } from './support/lab-rows.ts';
import { pf0, pf1, probe, sections, twoVfs, v00, vf } from './support/lab-sections.ts';
import { underlaySections } from './support/lab-sections-underlay.ts';

/** Where the two may differ, and why. */
const allowed: readonly Allowed[] = [
  {
    title: /^drivers, with autoprobe$/,
    at: /^enp1s0f0(v[01])?\.(vfinfo_list\.[01]\.)?(address|permaddr)$/,
    why: 'igbvf invents a MAC for a VF that was given none, udev sets another (MACAddressPolicy), and igb shows that as the VF’s',
  },
  {
    title: /^a bond over two VFs/,
    at: /^lane(-p[01])?\.linkinfo\.info_(slave_)?data\.(mii_status|active_slave|link_failure_count)$/,
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

/** The rule-governed parts of an answer, by their place: `enp1s0f0.vfinfo_list.0.vlan_list.0.vlan`. */
function leavesOf({ row, stdout = '', ...rest }: Answer): Leaves {
  const isJson = /^ip .*-j .*(link|addr) /.test(row) && stdout !== '';
  const links = isJson ? (JSON.parse(stdout) as readonly Record<string, unknown>[]) : [];
  const named = links
    .filter(({ ifname }) => ifname !== 'mgmt0')
    .map(({ ifname, ...link }) => [String(ifname), seenLink(link)] as const);
  const said = stdout.replace(/ \(id: \d+\)/g, '');
  return new Map(leaves('', { ...rest, ...(isJson ? Object.fromEntries(named) : { said }) }));
}

/** Without the kernel's counters, addresses derived from others, and the carrier, which comes late. */
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

describe.each(Object.entries({ ...sections, ...underlaySections }))('%s', (title, rows) => {
  it('is the same on both', async () => {
    const [real, simulated] = await Promise.all([askLab(lab, rows), askSim(sim, rows)]);
    expect(real).toHaveLength(rows.length);
    expect(real.flatMap((answer, n) => differences(title, answer, simulated[n]))).toEqual([]);
  });
});

/** Opens a VF as QEMU does: container, group, IOMMU, device (linux/vfio.h). Perl has ioctl(2), and is on every Debian. */
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
  /** The results of a write of 0 to sriov_numvfs, and of a read, after three seconds; then the process ends. */
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

  it('makes a write and a read of sriov_numvfs wait until its release, on igb too', async () => {
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

  it('is taken from a process that has opened the group but not yet the VF', async () => {
    expect(await takeAway(false)).toMatchObject({ meanwhile: 'write 0\n0\nread 0' });
  });
});

describe('the maximum of VFs on two ports', () => {
  it('fit in one answer of ip, and are read', async () => {
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
