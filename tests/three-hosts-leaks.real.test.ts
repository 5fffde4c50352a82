import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { arp, broadcast, vxlan } from './support/frames.ts';
import { missingNamespaces } from './support/namespace-host.ts';
import { hostNames, type Rack, startRack } from './support/rack.ts';
import { fabricText, places, underlay, vni } from './support/rack-fabric.ts';
import { streamProgram, Wires } from './support/wires.ts';

const missing = missingNamespaces();
if (missing) console.warn(`skipped: what may not leave a tenant’s network, on real Open vSwitch: ${missing}`);

describe.skipIf(missing)('out of a tenant’s network, on real Open vSwitch', () => {
  let rack: Rack;
  let wires: Wires;
  beforeAll(async () => {
    rack = await startRack();
    rack.wants(fabricText(hostNames));
    await rack.done('apply', '--yes');
    wires = await Wires.at(rack, [
      'guest1',
      'guest2',
      'guest4',
      'guest6',
      'disk1',
      'disk2',
      'vm1',
      'stranger',
    ]);
  }, 60_000);
  afterAll(() => rack?.stop());

  /** A frame for the other network, encapsulated as its host at beta would do. */
  function wrapped(from: { readonly mac: string; readonly address: string }, to: string) {
    const inner = wires.hello('disk2');
    const hop = { mac: from.mac, from: from.address, to: underlay.alpha.address, dst: to };
    return { inner, outer: vxlan(hop, vni.storage, inner) };
  }

  /** Waits until everything sent before has arrived or never will. */
  async function settled(): Promise<void> {
    await wires.meet('guest4', ['guest2', 'guest6']);
    await wires.meet('disk2', ['disk1']);
  }

  /** The host’s end of a guest’s netdev. */
  function portOf(guest: string): string {
    const links = JSON.parse(rack.hosts.alpha.run(['ip', '-j', 'link'])) as {
      ifname: string;
      ifalias?: string;
    }[];
    return links.find(({ ifalias }) => ifalias === `vflane:${guest}/household`)?.ifname ?? '';
  }

  const macOf = (netdev: string): string => {
    return rack.hosts.alpha.run(['cat', `/sys/class/net/${netdev}/address`]).trim();
  };

  test.each([
    ['the bridge that has the wire', () => underlay.alpha.mac],
    ['the other host’s', () => underlay.beta.mac],
    ['its own network’s bridge', () => macOf('br-household')],
    ['the other network’s bridge', () => macOf('br-storage')],
    ['its own port', () => macOf(portOf('guest4'))],
    ['everybody', () => broadcast],
  ])('VXLAN that a guest sends to %s opens no other network', async (_what, to) => {
    const { inner, outer } = wrapped({ mac: places.guest4.mac, address: underlay.beta.address }, to());
    wires.send('guest4', outer);
    await settled();
    expect(wires.heard('disk1')).not.toContain(inner);
    expect(wires.heard('disk2')).not.toContain(inner);
  });

  test('VXLAN comes in from the wire, from addresses of the fabric’s hosts only', async () => {
    const stranger = wrapped({ ...underlay.beta, address: '192.168.9.66' }, underlay.alpha.mac);
    // With beta’s own MAC, because OVS learns from any datagram where to send answers.
    const host = wrapped(underlay.beta, underlay.alpha.mac);
    wires.send('stranger', stranger.outer, host.outer);
    await wires.arrives(host.inner, 'disk1');
    expect(wires.heard('disk1')).not.toContain(stranger.inner);
  });

  describe('the host’s own stack', () => {
    test.each(['guest1', 'vm1'] as const)('answers no ARP of %s for its addresses', async (guest) => {
      const { host, mac, v4 } = places[guest];
      // Switch A may still expect beta where the stranger has just used its MAC.
      await wires.meet('guest2', [guest]);
      await wires.meet(guest, ['guest2']);
      const ask = (tpa: string): string => arp(mac, { sha: mac, spa: v4, tpa });
      wires.send(guest, ask(underlay[host].address), ask(places.guest2.v4));
      // EtherType of ARP, operation 2, sender.
      const answers = (from: string) => (hex: string) =>
        hex.startsWith('0806', 24) && hex.startsWith('0002', 40) && hex.startsWith(from, 56);
      await wires.arrives(answers('0a000002'), guest);
      expect(wires.heard(guest).filter(answers('c0a809'))).toEqual([]);
    });

    /** Datagrams for a port where nothing listens (RFC 4113). */
    function strayDatagrams(): readonly (string | undefined)[] {
      return hostNames.map((name) => {
        const lines = rack.hosts[name].run(['grep', '^Udp:', '/proc/net/snmp']).trim().split('\n');
        const [names = [], counters = []] = lines.map((line) => line.split(' '));
        return counters[names.indexOf('NoPorts')];
      });
    }

    test('gets nothing from the tunnels', async () => {
      const before = strayDatagrams();
      for (const [from, to] of [
        ['guest1', 'guest2'],
        ['guest2', 'guest6'],
        ['guest6', 'guest1'],
      ] as const)
        await wires.meet(from, [to]);
      expect(strayDatagrams()).toEqual(before);
      expect(before).not.toContain(undefined);
    });

    test('answers the other hosts’ ARP with the bridge’s MAC only', () => {
      for (const name of hostNames) {
        const shown = rack.hosts[name].run(['ovs-appctl', 'tnl/neigh/show']);
        const seen = [...shown.matchAll(/^(192\.168\.9\.\d) +(\S+)/gm)].map(([, ip, mac]) => `${ip} ${mac}`);
        const others = hostNames.filter((other) => other !== name).map((other) => underlay[other]);
        expect(seen.sort()).toEqual(others.map(({ address, mac }) => `${address} ${mac}`).sort());
      }
    });

    test('can be reached by the other hosts, but by no guest, whatever it knows', async () => {
      const { alpha, beta } = rack.hosts;
      const port = portOf('guest1');
      const tunnelAddress = underlay.alpha.address;
      await alpha.talker([process.execPath, streamProgram, 'serve', '::', '8080']);
      const linkLocal = alpha.run(['ip', '-6', '-o', 'addr', 'show', 'dev', port]);
      // As if the host itself had a route to the network, and the guest had found out the port’s MAC.
      alpha.run(['ip', 'route', 'add', '10.0.0.0/24', 'dev', port]);
      const known = `neigh add ${tunnelAddress} lladdr ${macOf(port)} dev household`;
      alpha.run(
        ['ip', '-n', 'guest1', '-batch', '-'],
        `route add ${tunnelAddress} dev household\n${known}\n`,
      );
      expect(alpha.inGuest('guest1', reach(tunnelAddress, 1_000))).toBe('silence\n');
      const [, address] = /inet6 (fe80::[^/]+)/.exec(linkLocal) ?? [];
      if (address)
        expect(alpha.inGuest('guest1', reach(`${address}%household`, 1_000))).not.toBe('connected\n');
      expect(beta.run(reach(tunnelAddress, 10_000))).toBe('connected\n');
    });

    function reach(address: string, timeoutMs: number): readonly string[] {
      return [process.execPath, streamProgram, 'reach', address, '8080', `${timeoutMs}`];
    }
  });

  // The last test, because Open vSwitch learns its hosts’ places from what comes in.
  test('VXLAN that a guest sends would open another network, were its bridge up and had it an address', async () => {
    const { alpha } = rack.hosts;
    const change = (word: string, state: string): void => {
      const lines = [`addr ${word} 169.254.9.9/32 dev br-household`, `link set br-household ${state}`];
      alpha.run(['ip', '-batch', '-'], `${lines.join('\n')}\n`);
    };
    change('add', 'up');
    const { inner, outer } = wrapped(
      { ...places.guest4, address: underlay.beta.address },
      underlay.alpha.mac,
    );
    await wires.insist('guest4', outer, inner, 'disk1');
    change('del', 'down');
  });
});
