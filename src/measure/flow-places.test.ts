import { expect, test } from 'vitest';
import { countsOf, parseFlows } from './flow-places.ts';

/** As Open vSwitch 3.5 prints them (facts §7.2; lab notes). */
const printed = `flow-dump from the main thread:
ufid:1a-2b, recirc_id(0),in_port(ceph1-9fbeca),eth_type(0x0800), packets:40, bytes:3920, used:0.1s, offloaded:yes, dp:tc, actions:set(tunnel(tun_id=0x2a,dst=192.168.9.3)),vxlan_sys_4789
ufid:3c-4d, tunnel(tun_id=0x2a,src=192.168.9.3,dst=192.168.9.2),in_port(vxlan_sys_4789), packets:7, bytes:700, used:0.2s, dp:tc, actions:ceph1-9fbeca
recirc_id(0),in_port(rep0),eth(), packets:1, bytes:98, used:never, dp:ovs, actions:drop
recirc_id(0),in_port(eth1),packet_type(ns=0,id=0), packets:5, bytes:1, used:1s, dp:ovs, actions:br-phy, dp-extra-info:miniflow_bits(5,1)
`;

test('flows are told apart by where they are', () => {
  const flows = parseFlows(printed);
  expect(flows).toEqual([
    {
      place: 'hardware',
      inPort: 'ceph1-9fbeca',
      vni: 42,
      packets: 40,
      actions: 'set(tunnel(tun_id=0x2a,dst=192.168.9.3)),vxlan_sys_4789',
    },
    { place: 'tc', inPort: 'vxlan_sys_4789', vni: 42, packets: 7, actions: 'ceph1-9fbeca' },
    { place: 'software', inPort: 'rep0', packets: 1, actions: 'drop' },
    { place: 'software', inPort: 'eth1', packets: 5, actions: 'br-phy' },
  ]);
  expect(countsOf(flows)).toEqual({
    hardware: { flows: 1, packets: 40 },
    tc: { flows: 1, packets: 7 },
    software: { flows: 2, packets: 6 },
  });
});
