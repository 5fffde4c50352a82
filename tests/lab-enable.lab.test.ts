import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poll } from '../src/lab/wait.ts';
import {
  cardHost,
  external,
  household,
  labFabric,
  namespace,
  storage,
  theHost,
} from './support/lab-fabric.ts';
import { type LabHost, labHost } from './support/lab-host.ts';

/** A host that brings itself back: real systemd, udev, reboot, power cut. Each test continues where the one before ended. */
function fabricText(guests: { readonly [name: string]: string }): string {
  const networks = { storage: storage({ id: 42, mtu: 9000 }), household: household() };
  return labFabric(networks, { alpha: cardHost(3, guests) });
}

const spaces = {
  web: namespace({ storage: '192.168.10.3/24' }),
  db: namespace({ storage: '192.168.10.4/24' }),
};
const first = { ceph1: external({ storage: '192.168.10.2/24' }), ...spaces };

let lab: LabHost;

async function expectVflane(code: number, ...args: readonly string[]): Promise<string> {
  const ended = await lab.vflane(...args);
  expect(ended, `vflane ${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code });
  return ended.stdout;
}

/** Prints on the console when vflane-boot.service is over, well or not: asking by ssh would take its only processor. */
const teller = `[Unit]
After=vflane-boot.service
[Service]
Type=oneshot
StandardOutput=tty
TTYPath=/dev/ttyS0
ExecStart=/bin/sh -c 'echo boot over: $(cat /proc/sys/kernel/random/boot_id)'
[Install]
WantedBy=multi-user.target
`;

/** The completed starts, from the host's console. */
function startsOver(): readonly string[] {
  const said = readFileSync(join(lab.folder, '.vflane/lab/alpha/serial.log'), 'utf8');
  return [...said.matchAll(/boot over: ([0-9a-f-]{36})/g)].flatMap(([, id]) => id ?? []);
}

async function restarted(how: () => Promise<unknown>): Promise<void> {
  const before = startsOver();
  await how();
  const isOver = async () => startsOver().some((id) => !before.includes(id));
  expect(await poll(180_000, 500, isOver), 'vflane-boot.service came to an end').toBe(true);
  const log = await lab.ssh('journalctl -b -u vflane-boot -o short-monotonic --no-pager');
  expect(await lab.ssh('systemctl show -p ActiveState --value vflane-boot.service'), log).toBe('active');
}

/** When a unit became active, in seconds of the kernel's clock. */
async function activeAt(unit: string): Promise<number> {
  const said = await lab.ssh(`systemctl show -p ActiveEnterTimestampMonotonic --value ${unit}`);
  return Number(said) / 1e6;
}

/** When udev was done with the card: systemd then activates its netdevs' units (systemd.device(5)). */
async function settledAt(): Promise<number> {
  const units = ['enp1s0f0', 'enp1s0f1'].map((name) => `sys-subsystem-net-devices-${name}.device`);
  return Math.max(...(await Promise.all([...units, 'systemd-udev-trigger.service'].map(activeAt))));
}

/** A host must be as asked within this after udev has settled. */
const promisedS = 10;

const ping = 'ip netns exec web ping -c 3 -i 0.3 -w 20 192.168.10.4';

/** A networkd file that would take any VF or bond of vflane's; `taken` is there to show that it works. */
const grabbing = `[Match]
Driver=igbvf bonding dummy
[Network]
Address=10.99.99.9/24
`;

beforeAll(async () => {
  lab = await labHost();
  lab.fabric(fabricText(first));
  await lab.ssh(`cat > /etc/systemd/system/teller.service <<'END'\n${teller}END\nsystemctl -q enable teller`);
  await expectVflane(0, 'enable', '--yes');
});
afterAll(() => lab?.down());

describe('an enabled host', () => {
  it('has its own copy of vflane, and a unit that systemd starts without complaint', async () => {
    expect(await lab.ssh('systemctl is-enabled vflane-boot.service')).toBe('enabled');
    expect(await lab.ssh('stat -c %s:%h /var/lib/vflane/boot/vflane.cjs')).toMatch(/^\d{6,}:2$/);
    const said = await lab.trySsh('systemd-analyze verify --man=no vflane-boot.service 2>&1');
    expect(said).toMatchObject({ code: 0, stdout: '' });
  });

  it('is as asked soon after udev has settled', async () => {
    await restarted(() => lab.trySsh('systemctl reboot'));
    const [settled, done] = [await settledAt(), await activeAt('vflane-boot.service')];
    const log = await lab.ssh('journalctl -b -u vflane-boot -o short-monotonic --no-pager');
    const started = Number(
      await lab.ssh('systemctl show -p ExecMainStartTimestampMonotonic --value vflane-boot.service'),
    );
    const at = `vflane-boot.service was started at ${(started / 1e6).toFixed(1)} s, udev settled at ${settled.toFixed(1)} s`;
    console.log(
      `${at}, host as asked ${(done - settled).toFixed(1)} s later (promised: ${promisedS} s)\n${log}`,
    );
    expect(log).not.toContain('Failed to load the startup snapshot');
    expect(await expectVflane(0, 'verify')).toMatch(/alpha: verified/);
    expect(await lab.ssh(ping)).toMatch(/ [1-9] received/);
    expect(done - settled).toBeLessThanOrEqual(promisedS);
  });

  it('comes back from a power cut as the last applied file wants it, and networkd takes nothing of it', async () => {
    await lab.ssh(
      `cat > /etc/systemd/network/50-grab.network <<'END'\n${grabbing}END\nsystemctl -q enable --now systemd-networkd`,
    );
    lab.fabric(fabricText({ ...spaces, here: theHost({ storage: '192.168.10.6/24' }) }));
    await expectVflane(0, 'apply', '--yes');
    await restarted(() => expectVflane(0, 'lab', 'power-cycle', 'alpha'));
    expect(await expectVflane(0, 'status')).toContain('it was brought back at its last start');
    await lab.ssh('ip link add taken type dummy');
    expect(await lab.ssh('networkctl --no-legend list storage')).toMatch(/unmanaged/);
    const addresses = async (netdev: string) => lab.ssh(`ip -4 -br addr show dev ${netdev}`);
    expect(await poll(20_000, 500, async () => (await addresses('taken')).includes('10.99.99.9'))).toBe(true);
    expect(await addresses('storage')).toMatch(/ 192\.168\.10\.6\/24$/);
    expect(await lab.ssh('ping -c 3 -i 0.3 -w 20 192.168.10.4')).toMatch(/ [1-9] received/);
  });

  it('with swapped ports has a failed unit with a reason, touches nothing, and can be reached', async () => {
    const swap = 'sed -i \'s/00:01:00"/00:01:0x"/; s/00:01:01"/00:01:00"/; s/00:01:0x"/00:01:01"/\'';
    await lab.ssh(`${swap} /var/lib/vflane/boot/host.json`);
    expect((await lab.trySsh('systemctl restart vflane-boot.service')).code).not.toBe(0);
    expect(await lab.ssh('systemctl --failed --no-legend')).toContain('vflane-boot.service');
    expect(await lab.ssh('journalctl -b -u vflane-boot --no-pager')).toContain('VF2251');
    const { code, stdout } = await lab.vflane('status');
    expect({ code, stdout }).toMatchObject({ code: 2, stdout: expect.stringContaining('VF2256') });
    expect(await lab.ssh(ping)).toMatch(/ [1-9] received/);
    await expectVflane(0, 'apply', '--yes');
    expect((await lab.trySsh('systemctl restart vflane-boot.service')).code).toBe(0);
  });

  it('is as before once it is disabled', async () => {
    await expectVflane(0, 'disable', '--yes');
    expect(await lab.trySsh('systemctl cat vflane-boot.service')).toMatchObject({ code: 1 });
    expect((await lab.trySsh('ls /var/lib/vflane/boot')).code).not.toBe(0);
    expect(await lab.ssh('ls /etc/systemd/network')).not.toContain('vflane');
    expect(await lab.ssh(ping)).toMatch(/ [1-9] received/);
  });
});
