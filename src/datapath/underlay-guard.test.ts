import { expect, test } from 'vitest';
import { asIfName, type IfName } from '../model/names.ts';
import { type Guarded, guardOf, underlayGuard } from './underlay-guard.ts';

function known(name: string): IfName {
  const checked = asIfName(name);
  if (checked === undefined) throw new Error(`${name} is not a name`);
  return checked;
}

const kernel: Guarded = {
  local: '192.168.9.1',
  peers: ['192.168.9.3', '192.168.9.2', '192.168.9.3'],
  deaf: [known('web-0df1'), known('br-storage')],
  kernel: { netdev: known('underlay.7') },
};

test('if the kernel ends the tunnels, tenants are not heard, and VXLAN is taken only from the peers', () => {
  expect(underlayGuard(kernel)).toEqual({
    'inet vflane': [
      'add chain inet vflane ports { type filter hook prerouting priority -450; policy accept; }',
      'add chain inet vflane underlay { type filter hook input priority -10; policy accept; }',
      'add set inet vflane peers { type ipv4_addr; elements = { 192.168.9.2, 192.168.9.3 }; }',
      'add set inet vflane ports { type ifname; elements = { "br-storage", "web-0df1" }; }',
      'add rule inet vflane ports iifname @ports drop',
      'add rule inet vflane underlay udp dport 4789 iifname "underlay.7" ip daddr 192.168.9.1 ip saddr @peers accept',
      'add rule inet vflane underlay udp dport 4789 drop',
    ],
    'arp vflane': [
      'add chain arp vflane ports { type filter hook input priority 0; policy accept; }',
      'add set arp vflane ports { type ifname; elements = { "br-storage", "web-0df1" }; }',
      'add rule arp vflane ports iifname @ports drop',
    ],
  });
});

test('a fabric’s only host takes VXLAN from nobody; one that provides its own address takes it on any netdev', () => {
  const { 'inet vflane': lines } = underlayGuard({ ...kernel, peers: [], kernel: { netdev: undefined } });
  expect(lines).toContain('add set inet vflane peers { type ipv4_addr; }');
  expect(lines?.join('\n')).toContain('udp dport 4789 ip daddr 192.168.9.1 ip saddr @peers accept');
});

const [eth1, bond0, port] = ['eth1', 'bond0', 'web-0df1'].map(known) as [IfName, IfName, IfName];
const overlay = { local: '192.168.9.1', peers: [], settings: {}, bridges: [], patches: [], flows: {} };
const brPhy = { name: known('br-phy'), macOf: eth1, members: [], vlan: 0 };
const road = { mtu: 9080, ports: [eth1], vlans: [], routes: [], netdev: brPhy.name };

test('in user space the kernel hears nothing from the wire either, and takes no VXLAN', () => {
  const tables = guardOf({ ...overlay, tenantPorts: [port] }, { ...road, bridge: brPhy });
  expect(tables['arp vflane']).toContain(
    'add set arp vflane ports { type ifname; elements = { "eth1", "web-0df1" }; }',
  );
  expect(tables['inet vflane']?.filter((line) => line.includes('4789'))).toEqual([]);
  const bond = { name: bond0, members: [], monitor: { kind: 'miimon', intervalMs: 100 } } as const;
  const byDpdk = guardOf({ ...overlay, tenantPorts: [] }, { ...road, ports: [], bond, bridge: brPhy });
  expect(byDpdk['arp vflane']?.join()).toContain('"bond0"');
});

test('if the kernel has the underlay, the host hears what arrives there; without tenants there is nothing to guard', () => {
  expect(guardOf({ ...overlay, tenantPorts: [] }, road)).toEqual({});
});
