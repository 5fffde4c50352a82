import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GuestConsole } from './support/guest-console.ts';
import { imageDigest } from './support/guest-image.ts';
import { cardHost, labFabric, storage } from './support/lab-fabric.ts';
import { GuestLab, type Guests, timed, vm, web } from './support/lab-guest.ts';
import { hostFacts, type LabHost, type LinkJson, labHost } from './support/lab-host.ts';
import { attempts, tryAll, tryAllIn } from './support/lab-wall.ts';

/** VMs that vflane runs: real systemd and QEMU, VFs on vfio-pci, a bootable disk, and what cloud-init would find. */
const onCard = (alpha: Guests, beta: Guests = web) =>
  labFabric({ storage: storage({ mtu: 9000 }) }, { alpha: cardHost(4, alpha), beta: cardHost(4, beta) });
const one: Guests = { vm1: vm(2) };
const other: Guests = { vm2: vm(4) };
const disk = '/var/lib/vflane/guests/vm1/disk.qcow2';
const onOwnDisk = (command: string) => `mount -t vfat /dev/vda /tmp && ${command}; umount /tmp`;

let lab: LabHost;
let guests: GuestLab;
let vm1: GuestConsole;
let before: unknown;
let digest: string;

const reached = (last = 2) => lab.ssh(`ip netns exec web ping -c 3 -i 0.5 -w 30 192.168.10.${last}`, 'beta');

/** What the kernel bound to drivers during the work, from its events to udev. */
async function boundBy(work: () => Promise<unknown>): Promise<readonly string[]> {
  const watch = 'udevadm monitor --kernel --property --subsystem-match=pci';
  const pid = await lab.ssh(`${watch} >/root/pci-events 2>&1 </dev/null & echo $!`);
  await work();
  await lab.ssh(`kill ${pid}`);
  const blocks = (await lab.ssh('cat /root/pci-events')).split('\n\n');
  const value = (block: string, key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(block)?.[1];
  return blocks
    .filter((block) => value(block, 'ACTION') === 'bind')
    .map((block) => `${value(block, 'PCI_SLOT_NAME')} ${value(block, 'DRIVER')}`);
}

/** Pings the guest five times a second during the work; all must be answered. */
async function losesNothing(work: () => Promise<unknown>): Promise<void> {
  const pinging = 'ip netns exec web ping -i 0.2 -w 900 192.168.10.2';
  const pid = await lab.ssh(`${pinging} >/root/ping.out 2>&1 </dev/null & echo $!`, 'beta');
  await work();
  // Lets the last ping be answered, too.
  await lab.ssh(`kill -INT ${pid}; while [ -d /proc/${pid} ]; do sleep 0.1; done`, 'beta');
  const told = await lab.ssh('tail -3 /root/ping.out', 'beta');
  const [, sent = '', received = ''] = /(\d+) packets transmitted, (\d+) received/.exec(told) ?? [];
  expect(Number(sent), told).toBeGreaterThan(40);
  // The ping still in flight at the end.
  expect(Number(sent) - Number(received), told).toBeLessThanOrEqual(1);
}

beforeAll(async () => {
  lab = await timed('two hosts up', labHost(2, ['--memory', '2G']));
  guests = new GuestLab(lab);
  before = await hostFacts(lab);
  await guests.prepare(['alpha', 'beta']);
  digest = await imageDigest(lab);
}, 1_800_000);
afterAll(() => lab?.down());

describe('a VM on a card', () => {
  it('is started by apply, with each VF bound to a driver once', async () => {
    lab.fabric(onCard(one));
    const bound = await boundBy(() => guests.vflane(0, 'apply', '--yes'));
    expect([...bound].sort()).toEqual(['0000:01:10.0 vfio-pci', '0000:01:10.1 vfio-pci']);
    expect(await guests.unit('vm1', 'ActiveState')).toBe('active');
    vm1 = await guests.up('vm1');
  });

  it('has read its seed: its name, its MACs, its bond and its address', async () => {
    expect(await vm1.run('hostname')).toBe('vm1');
    const bond = await vm1.run('cat /proc/net/bonding/storage');
    expect(bond).toContain('Bonding Mode: fault-tolerance (active-backup) (fail_over_mac active)');
    expect(bond).toContain('Primary Slave: storage-p0');
    const links = JSON.parse(await lab.ssh('ip -j link')) as readonly LinkJson[];
    const admin = ['enp1s0f0', 'enp1s0f1'].map(
      (name) => links.find(({ ifname }) => ifname === name)?.vfinfo_list?.[0]?.address,
    );
    expect([...bond.matchAll(/^Permanent HW addr: (.*)$/gm)].map(([, mac]) => mac)).toEqual(admin);
    expect(await vm1.run('cat /sys/class/net/storage/mtu')).toBe('9000');
  });

  it('reaches a guest of another host with whole frames, and is reached', async () => {
    expect(await vm1.run('ping -c 5 -s 8972 -w 60 192.168.10.3')).toMatch(/ [1-5] (packets )?received/);
    await reached();
  });

  it('is queried through its agent', async () => {
    await vm1.run('agent');
    await vm1.run('ip addr del 192.168.10.2/24 dev storage; ip link set dev storage mtu 1500');
    const said = await guests.vflane(0, 'verify');
    expect(said).toMatch(/alpha: verified[\s\S]*inside vm1: .*not the address 192\.168\.10\.2/);
    expect(said).toContain('storage has an MTU of 1500, not of 9000');
    await vm1.run('ip link set dev storage mtu 9000; ip addr add 192.168.10.2/24 dev storage');
    expect(await guests.vflane(0, 'verify')).toMatch(/alpha: verified[\s\S]*inside vm1: as asked/);
    await reached();
    await vm1.run('kill "$(cat /run/qemu-ga.pid)"');
  });
});

describe('another guest', () => {
  it('comes without a lost packet, and without a step for the first', async () => {
    const pid = await guests.unit('vm1', 'MainPID');
    lab.fabric(onCard({ ...one, ...other }));
    await losesNothing(async () => {
      expect(await guests.vflane(0, 'apply', '--yes')).not.toMatch(/interrupts|\(vm1\)/);
    });
    expect(await guests.unit('vm1', 'MainPID')).toBe(pid);
  });

  it('is out of reach for someone who breaks out of QEMU, and so is the host', async () => {
    const pid = await guests.unit('vm1', 'MainPID');
    const status = await lab.ssh(`cat /proc/${pid}/status`);
    const [, user = ''] = /^Uid:\t(\d+)\t\1\t\1\t\1$/m.exec(status) ?? [];
    expect(Number(user), status).toBeGreaterThan(1_000_000_000);
    expect(status).toMatch(
      new RegExp(`^Gid:\t${user}\t${user}\t${user}\t${user}\nFDSize.*\nGroups:\t${user} $`, 'm'),
    );
    expect(status).toMatch(/^CapPrm:\t0+\nCapEff:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1\nSeccomp:\t2$/m);
    expect(await guests.unit('vm2', 'MainPID')).not.toBe(pid);
    const all = attempts('vm1', 'vm2');
    const lines = async (command: string) => (await lab.ssh(command)).split('\n').filter(Boolean);
    // As root outside of it, every attempt succeeds: so they are real.
    expect(await lines(tryAll(all))).toEqual(Object.keys(all));
    expect(await lines(tryAllIn(pid, user, all))).toEqual([]);
    // Even as root it would see only other guests' disks, and nothing that makes it root outside.
    expect(await lines(tryAllIn(pid, '0', all))).toEqual(["another guest's disk", 'passwords']);
    const rated = await lab.ssh('systemd-analyze security --no-pager vflane-guest@vm1 | tail -1');
    console.log(rated);
    expect(Number(/ ([\d.]+) /.exec(rated)?.[1]), rated).toBeLessThan(4);
  });

  it('moves to the other host with its MACs and its address, and the first loses nothing', async () => {
    const since = await guests.now();
    await guests.up('vm2');
    await vm1.run('ping -c 3 -w 60 192.168.10.4');
    const macs = async (host: string) =>
      await lab.ssh("cat /var/lib/vflane/guests/vm2/seed/network-config | grep -o 'macaddress: [^}]*'", host);
    const had = await macs('alpha');
    lab.fabric(onCard(one, { ...web, ...other }));
    await losesNothing(() => guests.vflane(0, 'apply', '--yes', '--allow-disruption'));
    const vm2 = await guests.up('vm2');
    expect(await macs('beta')).toBe(had);
    await vm2.run('ping -c 3 -s 8972 -w 60 192.168.10.2');
    await lab.ssh('[ -e /var/lib/vflane/guests/vm2/disk.qcow2 ] && [ ! -e /run/vflane/guests/vm2 ]');
    expect(await guests.journal('vm2', since)).not.toContain('did not shut down');
  });
});

describe('its power', () => {
  it('goes off by its own button, and on again, with its disk', async () => {
    const since = await guests.now();
    await vm1.run(`touch /run/before; ${onOwnDisk('echo written >/tmp/mark')}`);
    await guests.vflane(0, 'vm', 'restart', 'vm1', '--yes');
    expect(await guests.journal('vm1', since)).not.toContain('did not shut down');
    vm1 = await guests.up('vm1');
    expect(await vm1.run(`[ ! -e /run/before ]; ${onOwnDisk('cat /tmp/mark')}`)).toBe('written');
    await reached();
  });
});

describe('in the end', () => {
  it('its host is as before, and its disk and image are still there', async () => {
    await guests.vflane(0, 'destroy', '--yes', '--allow-disruption');
    await lab.ssh(`[ -e ${disk} ]`);
    expect(await imageDigest(lab)).toBe(digest);
    expect(await lab.ssh('ls -d /etc/systemd/system/vflane* /run/vflane/guests/* 2>/dev/null; true')).toBe(
      '',
    );
    expect(await lab.ssh('systemctl --failed --no-legend')).toBe('');
    expect(await hostFacts(lab)).toEqual(before);
  });
});
