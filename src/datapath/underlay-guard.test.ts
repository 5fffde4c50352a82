import { expect, test } from 'vitest';

import { type Guarded, underlayGuard } from './underlay-guard.ts';

const overlay: Guarded = {
  local: '192.168.9.1',
  peers: ['192.168.9.3', '192.168.9.2', '192.168.9.3'],
  bridges: [],
};

test('the table is replaced in one transaction, and nobody else’s is named', () => {
  expect(underlayGuard(overlay)).toBe(`add table inet vflane
delete table inet vflane
add table inet vflane
add chain inet vflane underlay { type filter hook input priority -10; policy accept; }
add set inet vflane bridges { type ifname; }
add set inet vflane peers { type ipv4_addr; elements = { 192.168.9.2, 192.168.9.3 }; }
add rule inet vflane underlay udp dport 4789 iifname @bridges drop
add rule inet vflane underlay udp dport 4789 ip daddr 192.168.9.1 ip saddr @peers accept
add rule inet vflane underlay udp dport 4789 drop
`);
});

test('a fabric’s only host takes VXLAN from nobody', () => {
  const alone = underlayGuard({ ...overlay, peers: [] });
  expect(alone).toContain('add set inet vflane peers { type ipv4_addr; }\n');
});
