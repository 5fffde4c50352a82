import { expect, test } from 'vitest';
import type { LaneSpec } from '../model/host-spec.ts';
import { lacksIn, parseInterfaces } from './ask-guests.ts';

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

test('an agent that refuses is no agent that lacks something', () => {
  expect(() => parseInterfaces('{"error":{"class":"CommandNotFound","desc":"no"}}')).toThrow(
    /CommandNotFound/,
  );
});
