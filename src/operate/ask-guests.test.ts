import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HostReader } from '../host/host.ts';
import type { GuestSpec, HostSpec, LaneSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { askGuests, lacksIn, parseInterfaces } from './ask-guests.ts';

const [mac0, mac1] = ['02:00:00:00:00:10', '02:00:00:00:00:11'];
const lane = {
  network: 'storage',
  bond: 'storage',
  members: [{ mac: mac0 }, { mac: mac1 }],
  mtu: 9000,
  addresses: ['192.168.10.2/24'],
  gateways: [],
  dns: [],
  dhcp: false,
} as unknown as LaneSpec;

/** As qemu-ga 10 answers, with a bond over two VFs. */
const answer = JSON.stringify({
  return: [
    { name: 'lo', 'ip-addresses': [{ 'ip-address-type': 'ipv4', 'ip-address': '127.0.0.1', prefix: 8 }] },
    { name: 'enp5s0', 'hardware-address': mac0.toUpperCase() },
    { name: 'enp6s0', 'hardware-address': mac1 },
    {
      name: 'storage',
      'hardware-address': mac0,
      'ip-addresses': [{ 'ip-address-type': 'ipv4', 'ip-address': '192.168.10.2', prefix: 24 }],
    },
  ],
});

test('a bond over both VFs, with the address of the file, lacks nothing', () => {
  expect(lacksIn([lane], parseInterfaces(answer))).toEqual([]);
});

test('what is missing is named', () => {
  const netdevs = parseInterfaces(answer).filter(({ name }) => name === 'enp5s0');
  expect(lacksIn([lane], netdevs)).toEqual([
    `storage: no NIC with the MAC ${mac1}`,
    'storage: not the address 192.168.10.2/24',
  ]);
  expect(lacksIn([{ ...lane, addresses: [], dhcp: true }], netdevs)).toContain('storage: no address by DHCP');
});

test('a wrong MTU is reported, on the bond and on its members', () => {
  const small = parseInterfaces(answer).map((one) => ({ ...one, mtu: one.name === 'enp6s0' ? 1500 : 9000 }));
  expect(lacksIn([lane], small)).toEqual(['storage: enp6s0 has an MTU of 1500, not of 9000']);
});

test('an agent that refuses is not an agent that lacks something', () => {
  expect(() => parseInterfaces('{"error":{"class":"CommandNotFound","desc":"no"}}')).toThrow(
    /CommandNotFound/,
  );
});

test.each([
  ['nested without end', `{"error":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
  ['long', JSON.stringify({ error: 'x'.repeat(100_000) })],
  ['of other types', '{"return":[null]}'],
  ['no JSON', '\u001b]0;x\u0007'],
])('an agent’s bad answer, %s, does no harm to the caller', async (_, line) => {
  const guest = { name: 'db', lanes: [lane], machine: { manager: 'systemd' } } as unknown as GuestSpec;
  const unit = { active: 'active', result: 'success', isStale: false };
  const state = { machines: { guests: { db: { unit } } } } as unknown as HostState;
  const reader = { ask: async () => [line] } as unknown as HostReader;
  const [answer] = await askGuests(reader, { guests: [guest] } as unknown as HostSpec, state);
  expect(answer).toEqual({ guest: 'db', notAsked: expect.stringMatching(/^.{1,300}$/s) });
});

test('whatever somebody inside answers, it is read as netdevs or refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())), fc.nat(200), (said, cut) => {
      for (const line of [JSON.stringify({ return: said }), JSON.stringify(said).slice(0, cut)])
        try {
          for (const { name, mac, addresses } of parseInterfaces(line))
            expect([name, mac, ...addresses].every((word) => typeof word === 'string')).toBe(true);
        } catch (error) {
          expect(error instanceof SyntaxError || error instanceof TypeError).toBe(true);
        }
    }),
  );
});
