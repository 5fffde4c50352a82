import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingNamespaces } from './support/namespace-host.ts';
import { hostNames, type Rack, startRack } from './support/rack.ts';
import { fabricText, type UnderlayText } from './support/rack-fabric.ts';
import { type Station, Wires } from './support/wires.ts';

const missing = missingNamespaces();
if (missing) console.warn(`skipped: underlays of three hosts on real Open vSwitch: ${missing}`);

const tenants: readonly Station[] = ['guest1', 'guest2', 'guest6'];

const underlays: readonly (readonly [string, UnderlayText])[] = [
  ['IPv6', (n) => `{ address: "fd09::${n}/64", ports: [eth1, eth2] }`],
  ['a VLAN', (n) => `{ address: 192.168.9.${n}/24, vlan: 7, ports: [eth1, eth2] }`],
  ['IPv6 on a VLAN, by one port', (n) => `{ address: "fd09::${n}/64", vlan: 7, ports: [eth2] }`],
  ['IPv4 by one port', (n) => `{ address: 192.168.9.${n}/24, ports: [eth1] }`],
];

/** Each follows from the one before, while the guests stay. */
describe.skipIf(missing)('three hosts on real Open vSwitch, with an underlay of', () => {
  let rack: Rack;
  let wires: Wires | undefined;
  beforeAll(async () => {
    rack = await startRack();
  }, 60_000);
  afterAll(() => rack?.stop());

  test.each(underlays)('%s', async (_what, underlay) => {
    rack.wants(fabricText(hostNames, underlay));
    await rack.done('apply', '--yes', '--allow-disruption');
    await rack.done('verify');
    wires ??= await Wires.at(rack, ['guest1', 'guest2', 'guest6', 'disk1', 'disk2', 'router']);
    for (const from of tenants) {
      const others = tenants.filter((station) => station !== from);
      expect(await wires.copies(from, others)).toEqual(others.map(() => 1));
    }
    expect(await wires.copies('router', tenants)).toEqual(tenants.map(() => 1));
    expect(await wires.stream('disk2', 'disk1', '192.168.10.1', 1_000_000)).toBe(1_000_000);
  });
});
