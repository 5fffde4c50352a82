import { expect, test } from 'vitest';
import type { BridgeSpec, GuestPortSpec } from '../model/host-spec.ts';
import { asGuestName, asIfName, asMacAddress, asNetworkName } from '../model/names.ts';
import { bridgeFlows } from './bridge-flows.ts';

const known = <Name>(name: Name | undefined): Name => {
  if (name === undefined) throw new Error('no name');
  return name;
};
const network = known(asNetworkName('storage'));
const guest: GuestPortSpec = {
  guest: known(asGuestName('ceph1')),
  network,
  port: known(asIfName('g1')),
  mac: known(asMacAddress('02:00:00:00:00:01')),
  addresses: [],
  dhcp: false,
  spoofchk: true,
  mtu: 1450,
};
const bridge: BridgeSpec = {
  name: known(asIfName('br-storage')),
  network,
  vni: 42,
  datapathType: 'system',
  guestPorts: [],
  tunnels: [],
};

/** The sources from which the guest may send IP. */
function sources(more: Partial<GuestPortSpec>): readonly string[] {
  const flows = bridgeFlows({ ...bridge, guestPorts: [{ ...guest, ...more }] });
  return flows.flatMap((flow) => /^table=4, priority=100,(ip.*) actions/.exec(flow)?.[1] ?? []);
}

const linkLocal = 'ipv6,in_port=g1,ipv6_src=fe80::ff:fe00:1';

test.each([
  ['IPv4 addresses', { addresses: ['10.0.0.1/24'] }, ['ip,in_port=g1,nw_src=10.0.0.1', linkLocal]],
  ['IPv6 addresses', { addresses: ['fd00::1/64'] }, ['ipv6,in_port=g1,ipv6_src=fd00::1', linkLocal]],
  ['no address at all', {}, ['ip,in_port=g1', 'ipv6,in_port=g1']],
  ['DHCP', { dhcp: true }, ['ip,in_port=g1', 'ipv6,in_port=g1']],
  [
    'DHCP beside an IPv6 address',
    { dhcp: true, addresses: ['fd00::1/64'] },
    ['ip,in_port=g1', 'ipv6,in_port=g1,ipv6_src=fd00::1', linkLocal],
  ],
  [
    'DHCPv6 beside an IPv4 address',
    { dhcp6: true, addresses: ['10.0.0.1/24'] },
    ['ip,in_port=g1,nw_src=10.0.0.1', 'ipv6,in_port=g1'],
  ],
])('a guest with %s may use what is known of each family', (_what, more, expected) => {
  expect(sources(more)).toEqual([...expected].sort());
});

test('a bridge with nobody on it forwards nothing', () => {
  expect(bridgeFlows(bridge)).toEqual([
    'priority=300,dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0 actions=drop',
  ]);
});

test('a guest without spoofchk costs no check of anyone', () => {
  const guestPorts = [{ ...guest, spoofchk: false }];
  expect(bridgeFlows({ ...bridge, guestPorts })).toEqual([
    'priority=100,in_port=g1,vlan_tci=0x0000/0x1000 actions=NORMAL',
    'priority=300,dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0 actions=drop',
  ]);
});

test('flows grow with the guests, not with their square', () => {
  const lines = (count: number) =>
    bridgeFlows({
      ...bridge,
      guestPorts: Array.from({ length: count }, (_, at) => ({
        ...guest,
        port: known(asIfName(`g${at}`)),
        addresses: [`10.0.0.${at}/24`],
      })),
    }).length;
  expect(lines(200) - lines(100)).toBe(100 * (lines(2) - lines(1)));
});
