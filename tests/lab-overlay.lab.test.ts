import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poll } from '../src/lab/wait.ts';
import { household, labFabric, namespace, softwareHost, storage } from './support/lab-fabric.ts';
import { type LabHost, labHost } from './support/lab-host.ts';

/** An overlay of two hosts on real kernels, with Debian's own Open vSwitch under Debian's own systemd. */
let lab: LabHost;

const hosts = { alpha: '192.168.9.1', beta: '192.168.9.2' } as const;
type Host = keyof typeof hosts;
const names = Object.keys(hosts) as readonly Host[];

const guests = {
  alpha: {
    web: namespace({ storage: '192.168.10.2/24', household: '10.3.0.2/24' }),
    db: namespace({ storage: '192.168.10.4/24' }),
  },
  beta: { tv: namespace({ storage: '192.168.10.3/24', household: '10.3.0.3/24' }) },
};

const host = (name: Host) =>
  softwareHost(`{ address: ${hosts[name]}/24, ports: [enp1s0f0], adopt: true }`, guests[name]);
const fabricText = labFabric(
  { storage: storage({ mtu: 1400 }), household: household(1400) },
  { alpha: host('alpha'), beta: host('beta') },
);

async function expectVflane(code: number, ...args: readonly string[]): Promise<string> {
  const ended = await lab.vflane(...args);
  expect(ended, `vflane ${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code });
  return ended.stdout;
}

async function expectReaches(guest: string, address: string): Promise<void> {
  await lab.ssh(`ip netns exec ${guest} ping -c 3 -i 0.2 -w 20 ${address}`);
}

/** The flows of both bridges, as ovs-ofctl shows them. */
function flows(): Promise<string> {
  const dump = 'ovs-ofctl --names --no-stats dump-flows';
  return lab.ssh(`for bridge in br-storage br-household; do echo $bridge; ${dump} $bridge | sort; done`);
}

const daemon = () => lab.ssh('cat /run/openvswitch/ovs-vswitchd.pid');

/** Waits until systemd has started another ovs-vswitchd. */
async function restarted(before: string): Promise<void> {
  const isBack = async () => {
    const { stdout } = await lab.trySsh(
      'systemctl is-active ovs-vswitchd; cat /run/openvswitch/*vswitchd.pid',
    );
    const [state, pid] = stdout.trim().split('\n');
    return state === 'active' && pid !== undefined && pid !== before;
  };
  expect(await poll(60_000, 300, isBack)).toBe(true);
}

beforeAll(async () => {
  lab = await labHost(names.length);
  lab.fabric(fabricText);
  for (const host of names) {
    const address = `ip link set enp1s0f0 up && ip addr add ${hosts[host]}/24 dev enp1s0f0`;
    await lab.ssh(`systemctl start openvswitch-switch && ${address}`, host);
  }
});
afterAll(() => lab?.down());

describe('an overlay of two hosts without a card', () => {
  it('joins the guests of each network, and nobody else', async () => {
    await expectVflane(0, 'apply', '--yes');
    await expectVflane(0, 'verify');
    await expectReaches('web', '192.168.10.3');
    await expectReaches('web', '10.3.0.3');
    await expectReaches('db', '192.168.10.3');
    // With the same subnet on the wrong network, nobody there may answer.
    await lab.ssh('ip -n db route add 10.3.0.0/24 dev storage');
    await lab.ssh('! ip netns exec db ping -c 3 -i 0.2 -w 2 10.3.0.3');
    await lab.ssh('ip -n db route del 10.3.0.0/24 dev storage');
  });
});

describe('flows come back without vflane', () => {
  it('after ovs-vswitchd is killed', async () => {
    const [before, pid] = [await flows(), await daemon()];
    expect(before).toContain('in_port="web-');
    await lab.ssh(`kill -9 ${pid}`);
    await restarted(pid);
    expect(await flows()).toBe(before);
    await expectReaches('web', '192.168.10.3');
    await expectVflane(0, 'verify');
  });

  it.each([
    'restart openvswitch-switch',
    'restart ovsdb-server',
    'reload openvswitch-switch',
    'reload ovs-vswitchd',
  ])('after systemctl %s', async (words) => {
    const [before, pid] = [await flows(), await daemon()];
    await lab.ssh(`systemctl ${words}`);
    await restarted(pid);
    expect(await flows()).toBe(before);
    await expectReaches('web', '10.3.0.3');
  });

  it('though one guest’s port and one bridge are gone', async () => {
    const pid = await daemon();
    await lab.ssh('ip netns del db && ovs-vsctl del-br br-household');
    await lab.ssh(`kill -9 ${pid}`);
    await restarted(pid);
    await expectReaches('web', '192.168.10.3');
    const told = await lab.ssh('journalctl -u ovs-vswitchd -o cat | grep vflane:');
    expect(told).toContain('br-storage lacks a port, and has the flows of the others');
    expect(told).toContain('br-household has no flows and forwards nothing');
    await expectVflane(2, 'verify');
    await expectVflane(0, 'apply', '--yes');
    await expectReaches('db', '192.168.10.3');
    await expectReaches('web', '10.3.0.3');
  });
});

describe('destroy', () => {
  it('leaves systemd as it was', async () => {
    await expectVflane(0, 'destroy', '--yes');
    expect(await lab.ssh('ovs-vsctl list-br; systemctl show -p DropInPaths --value ovs-vswitchd')).toBe('');
    await lab.ssh(
      '[ ! -e /etc/systemd/system/ovs-vswitchd.service.d ] && [ ! -e /var/lib/vflane/ovs-flows ]',
    );
    await lab.ssh('systemctl restart openvswitch-switch');
  });
});
