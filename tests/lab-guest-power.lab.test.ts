import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GuestConsole } from './support/guest-console.ts';
import { cardHost, labFabric, softwareHost, storage } from './support/lab-fabric.ts';
import { GuestLab, timed, vm, web } from './support/lab-guest.ts';
import { type LabHost, labHost } from './support/lab-host.ts';

/** A VM beside a namespace on one real host: on a tap of Open vSwitch, with an ignored power button, and over a reboot. */
const both = { vm1: vm(2), ...web };
const networks = { storage: storage({ mtu: 1400 }) };
const overlay = labFabric(networks, {
  alpha: softwareHost('{ address: 192.168.9.1/24, ports: [enp1s0f0], adopt: true }', both),
});
const onCard = labFabric(networks, { alpha: cardHost(4, both) });

let lab: LabHost;
let guests: GuestLab;
let vm1: GuestConsole;

const reached = () => lab.ssh('ip netns exec web ping -c 3 -i 0.5 -w 60 192.168.10.2');

beforeAll(async () => {
  lab = await timed('the host up', labHost(1, ['--memory', '2G']));
  guests = new GuestLab(lab);
  await guests.prepare(['alpha']);
}, 1_800_000);
afterAll(() => lab?.down());

describe('a VM on an overlay', () => {
  it('has a tap in place of VFs, reaches its network, and goes', async () => {
    await lab.ssh(
      'systemctl start openvswitch-switch; ip link set enp1s0f0 up; ip addr replace 192.168.9.1/24 dev enp1s0f0',
    );
    lab.fabric(overlay);
    await guests.vflane(0, 'apply', '--yes');
    vm1 = await guests.up('vm1');
    expect(await vm1.run('cat /sys/class/net/storage/mtu')).toBe('1400');
    await vm1.run('ping -c 3 -s 1372 -w 60 192.168.10.3');
    await reached();
    await guests.vflane(0, 'destroy', '--yes', '--allow-disruption');
    expect(await lab.ssh('ip -br link show type tun')).toBe('');
  });
});

describe('a VM that ignores its power button', () => {
  it('is switched off after its timeout, which is reported until the next start', async () => {
    lab.fabric(onCard);
    await guests.vflane(0, 'apply', '--yes');
    vm1 = await guests.up('vm1');
    await vm1.run('kill "$(cat /var/run/acpid.pid)"');
    const since = await guests.now();
    // Ten seconds instead of ninety.
    const short = '/run/systemd/system/vflane-guest@vm1.service.d';
    const stop = 'ExecStop=/usr/bin/perl /var/lib/vflane/guests/power down /run/vflane/guests/%i/qmp.sock 10';
    await lab.ssh(
      `mkdir -p ${short}; printf '[Service]\\nExecStop=\\n${stop.replaceAll('%', '%%')}\\n' >${short}/short.conf; systemctl daemon-reload`,
    );
    await guests.vflane(0, 'vm', 'stop', 'vm1', '--yes');
    await lab.ssh(`rm -r ${short}; systemctl daemon-reload`);
    expect(await guests.journal('vm1', since)).toContain('did not shut down');
    expect(await guests.vflane(0, 'vm', 'list')).toContain('vm1 failed');
    expect(await guests.vflane(2, 'plan')).toMatch(/VF2080 .*vm1/);
    await expect(vm1.run('true')).rejects.toThrow('it does not run');
  });
});

describe('a reboot of its host', () => {
  it('brings it back automatically, after its VFs', async () => {
    await guests.vflane(0, 'enable', '--yes');
    await guests.vflane(0, 'lab', 'reboot', 'alpha');
    vm1 = await guests.up('vm1');
    const enteredAt = (unit: string, property: string) =>
      lab.ssh(`systemctl show --property=${property} --value ${unit}`).then(Number);
    const host = await enteredAt('vflane-boot', 'ActiveEnterTimestampMonotonic');
    expect(host).toBeGreaterThan(0);
    expect(await enteredAt('vflane-guest@vm1', 'ExecMainStartTimestampMonotonic')).toBeGreaterThan(host);
    expect(await guests.unit('vm1', 'NRestarts')).toBe('0');
    await reached();
    expect(await guests.vflane(0, 'verify')).toContain('alpha: verified');
  });
});
