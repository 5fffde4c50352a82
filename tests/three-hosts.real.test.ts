import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Forgery, forgeries } from './support/forgeries.ts';
import { ipv4, tag, udp } from './support/frames.ts';
import { missingNamespaces } from './support/namespace-host.ts';
import { hostNames, type Rack, startRack } from './support/rack.ts';
import { fabricText, guestNames, places } from './support/rack-fabric.ts';
import { type Station, Wires } from './support/wires.ts';

const missing = missingNamespaces();
if (missing) console.warn(`skipped: three hosts on real Open vSwitch: ${missing}`);

const tenants = ['guest1', 'guest2', 'guest3', 'guest4', 'guest5', 'guest6', 'vm1'] as const;
const elsewhere = ['guest2', 'guest6', 'vm1'] as const;
const senders: { readonly [port: string]: Station } = { g1: 'guest1', g3: 'guest3', g5: 'guest5' };

describe.skipIf(missing)('three hosts on real Open vSwitch', () => {
  let rack: Rack;
  let wires: Wires;
  beforeAll(async () => {
    rack = await startRack();
    rack.wants(fabricText(hostNames));
    await rack.done('apply', '--yes');
    wires = await Wires.at(rack, [...guestNames, 'stranger', 'router']);
  }, 60_000);
  afterAll(() => rack?.stop());

  test('everything applied is there, and nothing is left to do', async () => {
    await rack.done('verify');
    await rack.done('plan');
  });

  test.each([
    ['IPv4', 'guest2', 'guest1', '10.0.0.1'],
    ['IPv6', 'guest6', 'guest2', 'fd00::2'],
    ['jumbo frames', 'disk2', 'disk1', '192.168.10.1'],
    ['two of one host', 'disk3', 'disk1', '192.168.10.1'],
  ] as const)('guests stream to each other: %s', async (_what, from, to, address) => {
    expect(await wires.stream(from, to, address, 3_000_000)).toBe(3_000_000);
  });

  test.each(['guest1', 'guest2', 'guest6'] as const)(
    'what %s broadcasts arrives exactly once',
    async (from) => {
      const others = tenants.filter((name) => name !== from);
      expect(await wires.copies(from, others)).toEqual(others.map(() => 1));
    },
  );

  test('a network hears nothing from another', async () => {
    await wires.meet('guest4', ['guest2']);
    const heard = [wires.hello('disk1'), wires.hello('guest4')];
    wires.send('disk1', ...heard.slice(0, 1));
    wires.send('guest4', ...heard.slice(1));
    await wires.meet('guest4', ['guest2']);
    await wires.meet('disk1', ['disk2']);
    expect(await wires.among(new Set(heard), 1, 'disk2')).toEqual(heard.slice(0, 1));
    expect(await wires.among(new Set(heard), 1, 'guest2')).toEqual(heard.slice(1));
  });

  describe('the uplink', () => {
    test('joins the network to its VLAN once', async () => {
      expect(await wires.copies('router', tenants)).toEqual(tenants.map(() => 1));
      expect(await wires.copies('guest6', ['router'])).toEqual([1]);
    });

    test('and to no other VLAN', async () => {
      const told = [20, 21, 0].map((vlan) => {
        const hop = { mac: '02:99:00:00:00:98', from: '10.0.0.98', to: '255.255.255.255' };
        // Long enough that Ethernet does not pad it, with or without a tag.
        const text = [...Buffer.from(`on VLAN ${vlan} of the switches’ sockets`)];
        const hex = ipv4({ ...hop, tag: vlan === 0 ? [] : tag(0x8100, vlan) }, 17, udp(40_000, 9, text));
        wires.send('stranger', hex);
        return ipv4(hop, 17, udp(40_000, 9, text));
      });
      await wires.meet('router', ['guest2']);
      expect(await wires.among(new Set(told), 1, 'guest2')).toEqual(told.slice(0, 1));
    });
  });

  describe('what a guest sends with a forged source', () => {
    const known = new Set(forgeries.flatMap(({ forged, legal }) => [forged, legal]));
    const arrived: string[] = [];

    test.each(forgeries)('$what is dropped, and its legal twin arrives', async (forgery) => {
      const { forged, legal, by = 'g1', legalBy = by } = forgery;
      wires.send(senders[by] ?? 'guest1', forged);
      wires.send(senders[legalBy] ?? 'guest1', legal);
      arrived.push(legal);
      for (const at of elsewhere) expect(await wires.among(known, arrived.length, at)).toEqual(arrived);
    });

    test('a virtual machine can use only its own MAC and address, too', async () => {
      const { mac, v4 } = places.vm1;
      const as = (hop: { readonly mac: string; readonly from: string }): string =>
        ipv4({ ...hop, to: '10.0.0.9' }, 17, udp(40_000, 53, [...Buffer.from('from a virtual machine')]));
      const legal = as({ mac, from: v4 });
      const sent = [as({ mac: places.guest1.mac, from: v4 }), as({ mac, from: places.guest1.v4 }), legal];
      wires.send('vm1', ...sent);
      await wires.meet('vm1', ['guest2']);
      expect(await wires.among(new Set(sent), 1, 'guest2')).toEqual([legal]);
    });

    test('a guest that may use any address gets sound frames through, and stays within its network', async () => {
      const sound = forgeries.filter(({ always }) => !always);
      for (const { forged } of forgeries) wires.send('guest4', forged);
      arrived.push(...sound.map(({ forged }: Forgery) => forged));
      await wires.meet('guest4', elsewhere);
      // Frames that come at once are forwarded together.
      for (const at of elsewhere)
        expect((await wires.among(known, arrived.length, at)).toSorted()).toEqual(arrived.toSorted());
      expect(wires.heard('disk1').filter((hex) => known.has(hex))).toEqual([]);
    });
  });
});
