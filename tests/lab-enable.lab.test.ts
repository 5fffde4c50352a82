import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poll } from '../src/lab/wait.ts';
import { cardHost, external, household, labFabric, namespace, storage } from './support/lab-fabric.ts';
import { type LabHost, labHost } from './support/lab-host.ts';

/** A host that brings itself back: real systemd, real udev, a real reboot and a power cut. */
function fabricText(guests: { readonly [name: string]: string }): string {
  const networks = { storage: storage({ id: 42, mtu: 9000 }), household: household() };
  return labFabric(networks, { alpha: cardHost(4, guests) });
}

const first = {
  ceph1: external({ storage: '192.168.10.2/24' }),
  web: namespace({ storage: '192.168.10.3/24' }),
  db: namespace({ storage: '192.168.10.4/24' }),
};

let lab: LabHost;

async function expectVflane(code: number, ...args: readonly string[]): Promise<string> {
  const ended = await lab.vflane(...args);
  expect(ended, `vflane ${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code });
  return ended.stdout;
}

/** The unit has been started and is done; what it became. */
async function unitDone(): Promise<string> {
  let state = '';
  await poll(180_000, 500, async () => {
    const { code, stdout } = await lab.trySsh('systemctl show -p ActiveState --value vflane-boot.service');
    state = code === 0 ? stdout.trim() : '';
    return state === 'active' || state === 'failed';
  });
  return state;
}

/** Seconds of the kernel's clock at which a unit became active. */
async function activeAt(unit: string): Promise<number> {
  const said = await lab.ssh(`systemctl show -p ActiveEnterTimestampMonotonic --value ${unit}`);
  return Number(said) / 1e6;
}

/** When udev was done with the card: systemd makes its netdevs' units active then (systemd.device(5)). */
async function settledAt(): Promise<number> {
  const units = ['enp1s0f0', 'enp1s0f1'].map((name) => `sys-subsystem-net-devices-${name}.device`);
  return Math.max(...(await Promise.all([...units, 'systemd-udev-trigger.service'].map(activeAt))));
}

const ping = 'ip netns exec web ping -c 3 -i 0.3 -w 20 192.168.10.4';

/** A host of the lab is one emulated processor: everything takes ten times as long as on a host. */
async function expectBack(how: string): Promise<void> {
  expect(await unitDone(), await lab.ssh('journalctl -b -u vflane-boot --no-pager | tail -40')).toBe(
    'active',
  );
  const [settled, done] = [await settledAt(), await activeAt('vflane-boot.service')];
  const took = await lab.ssh('sed -n \'s/.*"tookMs": *//p\' /var/lib/vflane/boot/report.json');
  console.log(
    `${how}: udev settled at ${settled.toFixed(1)} s, host as asked ${(done - settled).toFixed(1)} s later ` +
      `(of which vflane itself ${took} ms)`,
  );
  console.log(await lab.ssh('journalctl -b -u vflane-boot -o short-monotonic --no-pager'));
  expect(done - settled).toBeLessThan(10);
  expect(await expectVflane(0, 'verify')).toMatch(/alpha: verified/);
  expect(await lab.ssh(ping)).toMatch(/ [1-9] received/);
  expect(await expectVflane(0, 'status')).toContain('it was brought back at its last start');
}

beforeAll(async () => {
  lab = await labHost();
  lab.fabric(fabricText(first));
  await expectVflane(0, 'apply', '--yes');
  await expectVflane(0, 'enable', '--yes');
});
afterAll(() => lab?.down());

describe('an enabled host', () => {
  it('has a copy of vflane of its own, and a unit that systemd starts and has no complaint about', async () => {
    expect(await lab.ssh('systemctl is-enabled vflane-boot.service')).toBe('enabled');
    expect(await lab.ssh('stat -c %s:%h /var/lib/vflane/boot/vflane.cjs')).toMatch(/^\d{6,}:2$/);
    const said = await lab.trySsh('systemd-analyze verify --man=no vflane-boot.service 2>&1');
    expect(said).toMatchObject({ code: 0, stdout: '' });
    expect(await expectVflane(0, 'plan')).toMatch(/nothing to do/);
  });

  it('comes back from a reboot', async () => {
    await expectVflane(0, 'lab', 'reboot', 'alpha');
    await expectBack('reboot');
  });

  it('comes back from a power cut, as the last file that was applied wants it', async () => {
    lab.fabric(fabricText({ ...first, tv: namespace({ household: '10.3.0.5/24' }) }));
    await expectVflane(0, 'apply', '--yes');
    await expectVflane(0, 'lab', 'power-cycle', 'alpha');
    await expectBack('power cut');
    expect(await lab.ssh('ip netns list')).toContain('tv');
  });

  it('without its card is a failed unit with a reason, and can be reached', async () => {
    await expectVflane(0, 'disable', '--yes');
    await expectVflane(0, 'enable', '--yes');
    await lab.ssh('sed -i s/0000:01:00/0000:0f:00/g /var/lib/vflane/boot/host.json');
    await lab.trySsh('systemctl restart vflane-boot.service', 150_000);
    expect(await unitDone()).toBe('failed');
    expect(await lab.ssh('systemctl --failed --no-legend')).toContain('vflane-boot.service');
    expect(await lab.ssh('journalctl -b -u vflane-boot --no-pager')).toContain('VF2001');
    const { code, stdout } = await lab.vflane('status');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('VF2256') });
    expect(await lab.ssh(ping)).toMatch(/ [1-9] received/);
    await expectVflane(0, 'apply', '--yes');
    await lab.ssh('systemctl restart vflane-boot.service');
    expect(await unitDone()).toBe('active');
  });

  it('is as before once it is disabled', async () => {
    await expectVflane(0, 'disable', '--yes');
    expect(await lab.trySsh('systemctl cat vflane-boot.service')).toMatchObject({ code: 1 });
    expect((await lab.trySsh('ls /var/lib/vflane/boot')).code).not.toBe(0);
    expect(await expectVflane(0, 'verify')).toMatch(/alpha: verified/);
    await expectVflane(0, 'lab', 'reboot', 'alpha');
    expect(await lab.ssh('cat /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs')).toBe('0');
  });
});
