import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GuestConsole, guestConsole } from './support/guest-console.ts';
import { imageDigest, imageName, makeGuestImage } from './support/guest-image.ts';
import { cardHost, labFabric, namespace, softwareHost, storage } from './support/lab-fabric.ts';
import { hostFacts, type LabHost, type LinkJson, labHost } from './support/lab-host.ts';
import { installQemu } from './support/nested-qemu.ts';
import { shellWord } from './support/shell-word.ts';

/** VMs that vflane runs: real systemd, real QEMU, VFs by vfio-pci, a disk that starts by itself, and what cloud-init would find. */
type Guests = { readonly [name: string]: string };

const vm = (last: number) =>
  `{ vm: { cpus: 1, memory: 256M, disk: ${imageName} }, networks: { storage: 192.168.10.${last}/24 } }`;
const one: Guests = { vm1: vm(2) };
const two: Guests = { ...one, vm2: vm(4) };
const web: Guests = { web: namespace({ storage: '192.168.10.3/24' }) };

const onCard = (guests: Guests) =>
  labFabric({ storage: storage({ mtu: 9000 }) }, { alpha: cardHost(4, guests), beta: cardHost(4, web) });

const unit = 'vflane-guest@vm1';
const disk = '/var/lib/vflane/guests/vm1/disk.qcow2';
/** A guest's start, of an emulator on a processor that is emulated, where others may need that too. */
const bootMs = 300_000;

let lab: LabHost;
let vm1: GuestConsole;
let before: unknown;
let digest: string;

async function timed<T>(what: string, work: Promise<T>): Promise<T> {
  const began = performance.now();
  const done = await work;
  console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return done;
}

async function expectVflane(code: number, ...args: readonly string[]): Promise<string> {
  const ended = await timed(`vflane ${args.join(' ')}`, lab.vflane(...args));
  expect(ended, `vflane ${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code });
  return ended.stdout + ended.stderr;
}

const show = (property: string) => lab.ssh(`systemctl show --property=${property} --value ${unit}`);
const journal = (since: string) =>
  lab.ssh(`journalctl -u ${unit} --no-pager -o cat --since ${shellWord(since)}`);
const now = () => lab.ssh('date "+%F %T"');
const reached = () => lab.ssh('ip netns exec web ping -c 3 -i 0.5 -w 30 192.168.10.2', 'beta');
const up = (guest: GuestConsole, what: string) => timed(`${what} up`, guest.ready(bootMs));

/** What the kernel bound to a driver meanwhile, as it told udev. */
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

/** Pings to the guest, five a second, as long as the work takes: every one has to be answered. */
async function losesNothing(work: () => Promise<unknown>): Promise<void> {
  const pinging = 'ip netns exec web ping -i 0.2 -w 900 192.168.10.2';
  const pid = await lab.ssh(`${pinging} >/root/ping.out 2>&1 </dev/null & echo $!`, 'beta');
  await work();
  // The last one is given its time, too.
  await lab.ssh(`kill -INT ${pid}; while [ -d /proc/${pid} ]; do sleep 0.1; done`, 'beta');
  const told = await lab.ssh('tail -3 /root/ping.out', 'beta');
  const [, sent = '', received = ''] = /(\d+) packets transmitted, (\d+) received/.exec(told) ?? [];
  expect(Number(sent), told).toBeGreaterThan(40);
  // The one that was under way at the end.
  expect(Number(sent) - Number(received), told).toBeLessThanOrEqual(1);
}

beforeAll(async () => {
  lab = await timed('two hosts up', labHost(2, ['--memory', '2G']));
  before = await hostFacts(lab);
  await timed('QEMU on alpha', installQemu(`${lab.folder}/.vflane/lab/ssh_config`, 'alpha'));
  await timed('the image on alpha', makeGuestImage(lab, ['alpha']));
  digest = await imageDigest(lab);
  // Debian loads it by itself where the processor says so at its boot, and the lab's hosts start from later on.
  await lab.ssh('echo kvm_amd >/etc/modules-load.d/kvm.conf; modprobe kvm_amd || true');
  // An emulated host is to hear its ssh first.
  await lab.ssh('systemctl set-property "system-vflane\\x2dguest.slice" CPUWeight=20');
  vm1 = guestConsole(lab, 'vm1');
}, 1_800_000);
afterAll(() => lab?.down());

describe('a VM on a card', () => {
  it('is started by apply, with each VF bound to a driver once', async () => {
    lab.fabric(onCard(one));
    const bound = await boundBy(() => expectVflane(0, 'apply', '--yes'));
    expect([...bound].sort()).toEqual(['0000:01:10.0 vfio-pci', '0000:01:10.1 vfio-pci']);
    expect(await show('ActiveState')).toBe('active');
    await up(vm1, 'vm1');
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
    expect(await vm1.run('ping -c 5 -s 8972 -w 60 192.168.10.3')).toMatch(/ [1-5] packets received/);
    await reached();
  });

  it('is told of, and asked by its agent', async () => {
    expect(await expectVflane(0, 'vm', 'list')).toMatch(/alpha: vm1 running \(systemd, 1 CPUs, 256 MiB/);
    expect(await expectVflane(0, 'vm', 'status', 'vm1')).toContain(`disk     ${disk}`);
    await vm1.run('agent');
    const verified = await expectVflane(0, 'verify');
    expect(verified).toMatch(/alpha: verified[\s\S]*inside vm1: as asked/);
    await vm1.run('ip addr del 192.168.10.2/24 dev storage');
    expect((await lab.vflane('verify')).stdout).toMatch(/inside vm1: .*192\.168\.10\.2/);
    await vm1.run('ip addr add 192.168.10.2/24 dev storage; kill "$(cat /run/qemu-ga.pid)"');
  });
});

describe('another guest', () => {
  it('comes without a packet lost, and without a word about the first', async () => {
    const pid = await show('MainPID');
    lab.fabric(onCard(two));
    await losesNothing(async () => {
      const told = await expectVflane(0, 'apply', '--yes');
      expect(told).not.toMatch(/interrupts|\(vm1\)/);
      await up(guestConsole(lab, 'vm2'), 'vm2');
    });
    expect(await show('MainPID')).toBe(pid);
    await vm1.run('ping -c 3 -w 60 192.168.10.4');
  });

  it('goes in the same way, shut down first, and its disk stays', async () => {
    const since = await now();
    lab.fabric(onCard(one));
    await losesNothing(() => expectVflane(0, 'apply', '--yes', '--allow-disruption'));
    await lab.ssh('[ -e /var/lib/vflane/guests/vm2/disk.qcow2 ] && [ ! -e /run/vflane/guests/vm2 ]');
    expect(
      await lab.ssh(`journalctl -u vflane-guest@vm2 --no-pager --since ${shellWord(since)}`),
    ).not.toContain('did not shut down');
  });
});

describe('its power', () => {
  it('off by its own button, and on', async () => {
    const since = await now();
    await vm1.run('touch /run/before');
    await expectVflane(0, 'vm', 'restart', 'vm1', '--yes');
    expect(await journal(since)).not.toContain('did not shut down');
    await up(vm1, 'vm1 again');
    await vm1.run('[ ! -e /run/before ]');
    await reached();
  });

  it('off by force where it does not listen, which is said until the next start', async () => {
    const since = await now();
    await vm1.run('kill "$(cat /var/run/acpid.pid)"');
    await expectVflane(0, 'vm', 'stop', 'vm1', '--yes');
    expect(await journal(since)).toContain('did not shut down');
    expect(await expectVflane(0, 'vm', 'list')).toContain('vm1 failed');
    expect(await expectVflane(2, 'plan')).toMatch(/VF2080 .*vm1/);
    const silent = vm1.run('true');
    await expect(silent).rejects.toThrow('it does not run');
    await expectVflane(0, 'vm', 'start', 'vm1');
    await up(vm1, 'vm1 once more');
    expect(await expectVflane(0, 'plan')).not.toContain('VF2080');
  });
});

describe('a reboot of its host', () => {
  it('brings it back by itself, after its VFs', async () => {
    await expectVflane(0, 'enable', '--yes');
    await expectVflane(0, 'lab', 'reboot', 'alpha');
    await up(vm1, 'host and vm1');
    const times = await lab.ssh(
      `systemctl show --property=ActiveEnterTimestampMonotonic --value vflane-boot; systemctl show --property=ExecMainStartTimestampMonotonic --value ${unit}`,
    );
    const [host = 0, guest = 0] = times.split(/\s+/).map(Number);
    expect(host).toBeGreaterThan(0);
    expect(guest).toBeGreaterThan(host);
    expect(await show('NRestarts')).toBe('0');
    await reached();
    expect(await expectVflane(0, 'verify')).toContain('alpha: verified');
    await expectVflane(0, 'disable', '--yes');
  });
});

describe('in the end', () => {
  it('its host is as it was, and its disk and its image are still there', async () => {
    await expectVflane(0, 'destroy', '--yes', '--allow-disruption');
    await lab.ssh(`[ -e ${disk} ]`);
    expect(await imageDigest(lab)).toBe(digest);
    expect(await lab.ssh('ls -d /etc/systemd/system/vflane* /run/vflane/guests/* 2>/dev/null; true')).toBe(
      '',
    );
    expect(await lab.ssh('systemctl --failed --no-legend')).toBe('');
    expect(await hostFacts(lab)).toEqual(before);
  });
});

describe('a VM on an overlay', () => {
  const overlay = labFabric(
    { storage: storage({ mtu: 1400 }) },
    {
      alpha: softwareHost('{ address: 192.168.9.1/24, ports: [enp1s0f0], adopt: true }', one),
      beta: softwareHost('{ address: 192.168.9.2/24, ports: [enp1s0f0], adopt: true }', web),
    },
  );

  it('has a tap in place of VFs, reaches the other host, and goes', async () => {
    for (const [host, last] of Object.entries({ alpha: 1, beta: 2 })) {
      const address = `ip link set enp1s0f0 up && ip addr replace 192.168.9.${last}/24 dev enp1s0f0`;
      await lab.ssh(`systemctl start openvswitch-switch && ${address}`, host);
    }
    lab.fabric(overlay);
    await expectVflane(0, 'apply', '--yes');
    await up(vm1, 'vm1 on a tap');
    expect(await vm1.run('cat /sys/class/net/storage/mtu')).toBe('1400');
    await vm1.run('ping -c 3 -s 1372 -w 60 192.168.10.3');
    await reached();
    await expectVflane(0, 'destroy', '--yes', '--allow-disruption');
    expect(await lab.ssh('ip -br link show type tun')).toBe('');
  });
});
