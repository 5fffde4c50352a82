import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arp } from './support/frames.ts';
import { missingNamespaces } from './support/namespace-host.ts';
import { type Rack, startRack } from './support/rack.ts';
import { fabricText, places, type RackGuest, underlay } from './support/rack-fabric.ts';
import { Wires } from './support/wires.ts';

const missing = missingNamespaces();
if (missing) console.warn(`skipped: the host’s silence on its tenants’ ports: ${missing}`);

describe.skipIf(missing)('a tenant’s port and the host behind it', () => {
  let rack: Rack;
  let wires: Wires;
  beforeAll(async () => {
    rack = await startRack();
    rack.wants(fabricText(['alpha', 'beta']));
    await rack.done('apply', '--yes', '--host', 'alpha');
    wires = await Wires.at(rack, ['guest1', 'guest4']);
  });
  afterAll(() => rack?.stop());

  const alpha = (...argv: readonly string[]): string => rack.hosts.alpha.run(argv);

  /** The host’s end of a guest’s pair. */
  function portOf(guest: RackGuest): string {
    const links = JSON.parse(alpha('ip', '-j', 'link')) as { ifname: string; ifalias?: string }[];
    return links.find(({ ifalias }) => ifalias === `vflane:${guest}/household`)?.ifname ?? '';
  }

  /** Whether a frame is IPv6 that the host itself sends through a port. */
  function said(port: string): (hex: string) => boolean {
    const mac = alpha('cat', `/sys/class/net/${port}/address`).trim().replaceAll(':', '');
    return (hex) => hex.startsWith(mac, 12) && hex.startsWith('86dd', 24);
  }

  const differing = async (): Promise<readonly string[]> => {
    const { stdout } = await rack.vflane('verify', '--host', 'alpha', '--json');
    const { hosts } = JSON.parse(stdout) as {
      hosts: { differences: { resource: string; at: string }[] }[];
    };
    return hosts
      .flatMap(({ differences }) => differences.map(({ resource, at }) => `${resource} ${at}`))
      .sort();
  };

  /** Takes ports down and up, so that they make their addresses again. */
  const upAgain = (...ports: readonly string[]): void => {
    for (const state of ['down', 'up']) for (const port of ports) alpha('ip', 'link', 'set', port, state);
  };

  test('the host has no IPv6 on it, and is silent: with IPv6 it would show itself to the guest', async () => {
    const [quiet, loud] = [portOf('guest1'), portOf('guest4')];
    expect(alpha('cat', '/proc/net/if_inet6')).not.toContain(quiet);
    alpha('sh', '-c', `echo 0 > /proc/sys/net/ipv6/conf/${loud}/disable_ipv6`);
    upAgain(quiet, loud);
    await wires.arrives(said(loud), 'guest4');
    expect(wires.heard('guest1').filter(said(quiet))).toEqual([]);
    expect(await differing()).toEqual([`port-ipv6 ${loud}`]);
  });

  /** Sends, and waits until all has left: the other end of the pair then has it. */
  async function sends(guest: 'guest1' | 'guest4', ...frames: readonly string[]): Promise<void> {
    const sent = (): number =>
      Number(rack.hosts.alpha.inGuest(guest, ['cat', '/sys/class/net/household/statistics/tx_packets']));
    const before = sent();
    wires.send(guest, ...frames);
    await until(() => sent() >= before + frames.length, `${guest} sends`);
  }

  async function until(holds: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + 5_000;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`not seen within 5 s: ${what}`);
      await setImmediate();
    }
  }

  test('it answers nobody, whether or not Open vSwitch runs; without vflane’s table it would', async () => {
    const { mac, v4 } = places.guest1;
    const ask = (address: string): string => arp(mac, { sha: mac, spa: v4, tpa: address });
    // EtherType of ARP, operation 2, sender.
    const answers = (sender: string) => (hex: string) =>
      hex.startsWith('0806', 24) && hex.startsWith('0002', 40) && hex.startsWith(sender, 56);
    alpha('ip', 'addr', 'add', '192.168.66.1/32', 'dev', 'lo');
    await sends('guest1', ask('192.168.66.1'));
    alpha('sh', '-c', 'kill -9 "$(cat /run/openvswitch/ovs-vswitchd.pid)"');
    await sends('guest1', ask('192.168.66.1'), ask(underlay.alpha.address));
    alpha('nft', 'delete', 'table', 'arp', 'vflane');
    alpha('ip', 'addr', 'add', '192.168.66.2/32', 'dev', 'lo');
    await sends('guest1', ask('192.168.66.2'));
    await wires.arrives(answers('c0a84202'), 'guest1');
    expect(wires.heard('guest1').filter(answers('c0a84201'))).toEqual([]);
    expect(wires.heard('guest1').filter(answers('c0a80901'))).toEqual([]);
  });

  /** Datagrams that the host has received on a port where nothing listens. */
  function unheeded(): number {
    const [names = '', counters = ''] = alpha('grep', '^Udp:', '/proc/net/snmp').split('\n');
    return Number(counters.split(' ')[names.split(' ').indexOf('NoPorts')]);
  }

  test('it accepts nothing, even sent to its MAC and address; without vflane’s table it would', async () => {
    const mac = alpha('cat', `/sys/class/net/${portOf('guest1')}/address`).trim();
    const known = `neigh add 192.168.66.1 lladdr ${mac} dev household`;
    alpha('ip', '-n', 'guest1', 'route', 'add', '192.168.66.1', 'dev', 'household');
    alpha('ip', '-n', 'guest1', ...known.split(' '));
    const says = (): void => {
      rack.hosts.alpha.inGuest('guest1', ['bash', '-c', 'echo > /dev/udp/192.168.66.1/9']);
    };
    const before = unheeded();
    for (let times = 0; times < 3; times += 1) says();
    alpha('nft', 'delete', 'table', 'inet', 'vflane');
    says();
    await until(() => unheeded() > before, 'a datagram that is heard');
    expect(unheeded()).toBe(before + 1);
    alpha('systemctl', 'start', 'openvswitch-switch.service');
  });

  test('what was undone by hand is reported, each by its place, and mended', async () => {
    alpha('ip', 'link', 'set', 'br-household', 'up');
    alpha('ip', 'addr', 'add', '10.0.0.77/24', 'dev', 'br-household');
    rack.hosts.alpha.inGuest('guest1', ['ethtool', '-K', 'household', 'tx', 'on']);
    expect(await differing()).toEqual([
      'bridge-local br-household',
      'guest-checksum guest1/household',
      `port-ipv6 ${portOf('guest4')}`,
      'underlay-guard arp vflane',
      'underlay-guard inet vflane',
    ]);
    await rack.done('apply', '--yes', '--host', 'alpha');
    expect(await differing()).toEqual([]);
    expect(alpha('ip', '-br', 'addr', 'show', 'br-household').trim()).toMatch(/^br-household +DOWN$/);
    expect(alpha('cat', '/proc/net/if_inet6')).not.toContain(portOf('guest4'));
  });

  test('undone, the tables are as before', async () => {
    await rack.done('undo', '--yes', '--host', 'alpha');
    expect(alpha('nft', 'list', 'tables')).not.toContain('arp');
    expect(alpha('ip', '-br', 'addr', 'show', 'br-household')).toContain('10.0.0.77/24');
    await rack.done('apply', '--yes', '--host', 'alpha');
    await rack.done('destroy', '--yes', '--host', 'alpha');
    expect(alpha('nft', 'list', 'tables')).toBe('');
  });
});
