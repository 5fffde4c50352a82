import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poll } from '../src/lab/wait.ts';
import { cardHost, labFabric, namespace, softwareHost, storage, theHost } from './support/lab-fabric.ts';
import { type LabHost, labHost } from './support/lab-host.ts';
import { installNetworkManagers } from './support/lab-network-managers.ts';

/**
 * A host whose NetworkManager makes a connection for every netdev that it may, and whose ifupdown sets up the ports:
 * vflane's own files keep both off vflane's netdevs. Each test continues where the one before ended.
 */
let lab: LabHost;

const spaces = {
  web: namespace({ storage: '192.168.10.3/24' }),
  db: namespace({ storage: '192.168.10.4/24' }),
};
const networks = { storage: storage({ mtu: 1400 }) };
/** Both ports are a bond of vflane's; a pair of netdevs for each guest. */
const bonded = labFabric(networks, {
  alpha: softwareHost('{ address: 192.168.9.1/24, ports: [enp1s0f0, enp1s0f1] }', spaces),
});
/** VFs of guests, two of them of the host's own. */
const onVfs = labFabric(networks, {
  alpha: cardHost(3, { ...spaces, here: theHost({ storage: '192.168.10.6/24' }) }),
});

async function expectVflane(code: number, ...args: readonly string[]): Promise<string> {
  const ended = await lab.vflane(...args);
  expect(ended, `vflane ${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code });
  return ended.stdout;
}

/** NetworkManager's state of each netdev: `unmanaged`, `connected`, … */
async function states(): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await lab.trySsh('nmcli -t -f DEVICE,STATE device');
  return new Map(stdout.split('\n').map((line) => line.split(':') as [string, string]));
}

/** It does have the netdevs that it may, which shows that it could have had the rest. */
async function leaves(...netdevs: readonly string[]): Promise<void> {
  const seen = await states();
  expect(seen.get('mgmt0')).toMatch(/^connected/);
  for (const netdev of netdevs) expect(seen.get(netdev), netdev).toBe('unmanaged');
}

const addresses = (netdev: string) => lab.ssh(`ip -4 -br addr show dev ${netdev}`);
const ping = 'ip netns exec web ping -c 3 -i 0.3 -w 20 192.168.10.4';

async function isAsAsked(): Promise<void> {
  expect(await expectVflane(0, 'verify')).toMatch(/alpha: verified/);
  expect(await lab.ssh(ping)).toMatch(/ [1-9] received/);
}

/** Waits until vflane-boot.service is over, well or not. */
async function rebooted(): Promise<void> {
  await expectVflane(0, 'lab', 'reboot', 'alpha');
  const state = () => lab.ssh('systemctl show -p ActiveState --value vflane-boot.service');
  const isOver = async () => ['active', 'failed'].includes(await state());
  expect(await poll(180_000, 2_000, isOver), 'vflane-boot.service came to an end').toBe(true);
  expect(await state(), await lab.ssh('journalctl -b -u vflane-boot --no-pager')).toBe('active');
}

/** Waits until NetworkManager runs and has checked the netdevs that it may have. */
async function connected(): Promise<void> {
  const has = async () => (await states()).get('mgmt0')?.startsWith('connected') === true;
  expect(await poll(60_000, 1_000, has), 'NetworkManager has the way in').toBe(true);
}

const stanzas = `allow-hotplug enp1s0f0
iface enp1s0f0 inet static
  address 10.99.98.9/24

auto enp1s0f1
iface enp1s0f1 inet static
  address 10.99.99.9/24
`;

beforeAll(async () => {
  lab = await labHost();
  await installNetworkManagers(lab);
  await lab.ssh('systemctl -q enable --now openvswitch-switch');
  await lab.ssh('systemctl -q enable --now NetworkManager; systemctl -q enable networking');
});
afterAll(() => lab?.down());

describe('a bond of ports that the host’s own services already have', () => {
  it('NetworkManager has both, each with an automatic connection', async () => {
    const has = async () => {
      const seen = await states();
      return ['enp1s0f0', 'enp1s0f1'].every((port) => seen.get(port)?.startsWith('connect'));
    };
    expect(await poll(30_000, 500, has), JSON.stringify([...(await states())])).toBe(true);
  });

  it('is taken from it while it runs, and stays so over its restart', async () => {
    lab.fabric(bonded);
    await expectVflane(0, 'enable', '--yes');
    await leaves('bond0', 'enp1s0f0', 'enp1s0f1', 'br-storage');
    await lab.ssh('systemctl restart NetworkManager');
    await connected();
    await leaves('bond0', 'enp1s0f0', 'enp1s0f1', 'br-storage');
    expect(await addresses('bond0')).toMatch(/ 192\.168\.9\.1\/24$/);
    await isAsAsked();
  });

  it('is left alone by ifupdown, too, over a reboot: its units are held off, and its stanzas are reported', async () => {
    await lab.ssh(`cat >/etc/network/interfaces.d/ports <<'END'\n${stanzas}END`);
    expect(await expectVflane(2, 'plan')).toMatch(/VF2255 .*enp1s0f0[\s\S]*VF2255 .*enp1s0f1/);
    await expectVflane(0, 'apply', '--yes');
    await rebooted();
    await connected();
    await leaves('bond0', 'enp1s0f0', 'enp1s0f1', 'br-storage');
    expect(await lab.ssh('systemctl is-active networking.service')).toBe('active');
    expect(await addresses('enp1s0f0')).not.toContain('10.99');
    expect(await addresses('enp1s0f1')).not.toContain('10.99');
    expect(await addresses('bond0')).toMatch(/ 192\.168\.9\.1\/24$/);
    await isAsAsked();
  });

  it('once it is disabled, both have them again at the next start, as before', async () => {
    await expectVflane(0, 'destroy', '--yes', '--allow-disruption');
    expect(
      await lab.ssh(
        'ls /etc/NetworkManager/conf.d; ls /etc/systemd/system | grep -E "networking|ifup@" || true',
      ),
    ).toBe('');
    await lab.ssh('systemctl restart networking.service ifup@enp1s0f0.service');
    expect(await addresses('enp1s0f0')).toContain('10.99.98.9/24');
    expect(await addresses('enp1s0f1')).toContain('10.99.99.9/24');
    await lab.ssh(
      'ifdown enp1s0f0 enp1s0f1; rm /etc/network/interfaces.d/ports; systemctl reload NetworkManager',
    );
  });
});

describe('VFs of guests', () => {
  it('never belong to NetworkManager, even before their guests get them, over its restart and a reboot', async () => {
    lab.fabric(onVfs);
    await expectVflane(0, 'enable', '--yes');
    const own = ['storage', 'storage-p0', 'storage-p1'];
    await leaves(...own);
    await lab.ssh('systemctl restart NetworkManager');
    await connected();
    await leaves(...own);
    await isAsAsked();
    await rebooted();
    await connected();
    await leaves(...own);
    expect(await addresses('storage')).toMatch(/ 192\.168\.10\.6\/24$/);
    const made = await lab.ssh('journalctl -b -u NetworkManager -o cat --no-pager');
    expect(made).not.toMatch(/device \((storage|enp1s0f\dv|eth)[^)]*\): state change: .*-> (prepare|config)/);
    await isAsAsked();
  });
});
