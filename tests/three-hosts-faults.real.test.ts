import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingNamespaces, type NamespaceHost } from './support/namespace-host.ts';
import { hostNames, type Rack, startRack } from './support/rack.ts';
import { fabricText } from './support/rack-fabric.ts';
import { type Station, Wires } from './support/wires.ts';

const missing = missingNamespaces();
if (missing) console.warn(`skipped: faults of three hosts on real Open vSwitch: ${missing}`);

const tenants: readonly Station[] = ['guest1', 'guest2', 'guest6'];

describe.skipIf(missing)('three hosts on real Open vSwitch, when something fails', () => {
  let rack: Rack;
  let wires: Wires;
  const bare: string[] = [];
  beforeAll(async () => {
    rack = await startRack();
    bare.push(...hostNames.map((name) => inventory(rack.hosts[name])));
    rack.wants(fabricText(hostNames));
    await rack.done('apply', '--yes');
    wires = await Wires.at(rack, tenants);
    await wires.meet('guest1', ['guest2', 'guest6']);
  }, 60_000);
  afterAll(() => rack?.stop());

  /** Everyone hears everyone, once. */
  async function isWhole(stations = tenants): Promise<void> {
    for (const from of stations) {
      const others = stations.filter((station) => station !== from);
      expect(await wires.copies(from, others)).toEqual(others.map(() => 1));
    }
  }

  const kill = (host: NamespaceHost): void => {
    host.run(['sh', '-c', 'kill -9 "$(cat /run/openvswitch/ovs-vswitchd.pid)"']);
  };

  test('a dead switch port moves the traffic to the other one, and back', async () => {
    const cable = (port: string, state: 'up' | 'down'): void => {
      rack.switches.run(['ip', 'link', 'set', port, state]);
    };
    for (const port of ['alpha1', 'beta1', 'beta2']) cable(port, 'up');
    await isWhole();
    cable('alpha1', 'down');
    await isWhole();
    cable('beta2', 'down');
    cable('beta1', 'down');
    await expect(wires.meet('guest1', ['guest2'], 500)).rejects.toThrow('guest1 at guest2');
    cable('beta2', 'up');
    await isWhole();
    cable('alpha1', 'up');
    cable('beta1', 'up');
    await isWhole();
  });

  test('ovs-vswitchd is killed: nothing passes, and all does again once it has started', async () => {
    const { beta } = rack.hosts;
    kill(beta);
    await expect(wires.meet('guest1', ['guest2'], 300)).rejects.toThrow('guest1 at guest2');
    await isWhole(['guest1', 'guest6']);
    beta.run(['systemctl', 'start', 'openvswitch-switch.service']);
    await isWhole();
    await rack.done('verify');
  });

  test('started by hand it has no flows: that is drift, and an apply mends it', async () => {
    const { beta } = rack.hosts;
    kill(beta);
    beta.run(['ovs-vswitchd', '--detach', '--no-chdir', '--pidfile', '--log-file']);
    await expect(wires.meet('guest2', ['guest1'], 300)).rejects.toThrow('guest2 at guest1');
    expect(await rack.vflane('verify')).toMatchObject({ code: 2 });
    await rack.done('apply', '--yes');
    await isWhole();
    await rack.done('verify');
  });

  test('a bridge brought up by hand is drift: a tenant could send VXLAN through it', async () => {
    rack.hosts.alpha.run(['ip', 'link', 'set', 'br-household', 'up']);
    expect(await rack.vflane('verify', '--host', 'alpha')).toMatchObject({ code: 2 });
    await rack.done('apply', '--yes');
    expect(rack.hosts.alpha.run(['ip', '-br', 'link', 'show', 'br-household'])).toMatch(
      /^br-household +DOWN/,
    );
  });

  test('a host disappears: the others go on, and forget it once the file does', async () => {
    await rack.hosts.gamma.stop();
    await isWhole(['guest1', 'guest2']);
    expect(await rack.vflane('verify')).toMatchObject({ code: 8 });
    rack.wants(fabricText(['alpha', 'beta']));
    await rack.done('apply', '--yes');
    await isWhole(['guest1', 'guest2']);
    expect(rack.hosts.alpha.run(['ovs-vsctl', 'show'])).not.toContain('192.168.9.3');
  });

  test('vflane removes what it made, and nothing else', async () => {
    await rack.done('destroy', '--yes');
    for (const [index, name] of (['alpha', 'beta'] as const).entries()) {
      expect(inventory(rack.hosts[name])).toBe(bare[index]);
    }
  });
});

/** Everything on a host that vflane might have changed, except its own records. */
function inventory(host: NamespaceHost): string {
  const links = JSON.parse(host.run(['ip', '-j', 'addr'])) as readonly {
    readonly ifname: string;
    readonly address: string;
    readonly mtu: number;
    readonly flags: readonly string[];
    readonly addr_info: readonly { readonly local: string }[];
  }[];
  const listed = links
    // OVS makes it for its first userspace bridge, and keeps it.
    .filter(({ ifname }) => ifname !== 'ovs-netdev')
    .map(({ ifname, address, mtu, flags, addr_info }) => {
      const addresses = addr_info.map(({ local }) => local).join(' ');
      return `${ifname} ${address} ${mtu} ${flags.includes('UP') ? 'up' : 'down'} ${addresses}`;
    });
  const commands = [
    'ip netns',
    'nft list ruleset',
    'ovs-vsctl show',
    'ls -A /etc/systemd/system',
    'ip route',
  ];
  return [...listed.sort(), ...commands.map((command) => host.run(command.split(' ')))].join('\n');
}
