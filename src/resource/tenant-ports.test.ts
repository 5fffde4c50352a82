import { expect, test } from 'vitest';
import { bareHost, fabric, fabricHost, guest, link, pf0 } from '../../tests/support/states.ts';
import { expandOvsDpdk } from '../datapath/ovs-dpdk.ts';
import { expandOvsTc } from '../datapath/ovs-tc.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { HostState } from '../model/host-state.ts';
import { emptyLedger } from '../model/ledger.ts';
import { differencesOf, havesOf, wantsOf } from '../plan/differences.ts';
import { bridgeLocal } from './bridge-local.ts';
import { guestChecksum } from './guest-checksum.ts';
import { portIpv6 } from './port-ipv6.ts';

const guests = [guest('web', 'netns', ['storage']), guest('vm', 'external', ['storage'])];
const underlay = { address: '192.168.9.1/24', routes: [], arpTargets: [], ports: [], adopt: false };
const card: FabricHost = { ...fabricHost('alpha', guests), datapath: 'ovs-tc', underlay };
const software: FabricHost = { ...card, nic: { kind: 'software' } };

const expand = (host: FabricHost) =>
  (host.datapath === 'ovs-dpdk' ? expandOvsDpdk : expandOvsTc)(fabric([host]), host, emptyLedger);

function differing(host: FabricHost, state: Partial<HostState>, kinds: RegExp): readonly string[] {
  const seen = bareHost({ pfs: [], ...state });
  return differencesOf(wantsOf(expand(host), seen, emptyLedger), havesOf(seen))
    .filter(({ resource }) => kinds.test(resource))
    .map(({ resource, at }) => `${resource} ${at}`);
}

const veth = link('web-b9d0', undefined, { kind: 'veth', alias: 'vflane:web/storage' });
const vethName = expand(software).guests[0]?.lanes[0]?.veth?.port ?? '';
const ours = { ...veth, name: vethName };

test('every netdev that a tenant reaches has to be without IPv6: pairs, taps and the bridges’ own', () => {
  const wanted = portIpv6.wanted(expand(software), bareHost());
  expect(wanted.map(({ at }) => at).sort()).toEqual(
    [...(expand(software).overlay?.tenantPorts ?? [])].sort(),
  );
  expect(differing(software, { links: [ours], ipv6: { [vethName]: false } }, /ipv6/)).not.toContain(
    `port-ipv6 ${vethName}`,
  );
  expect(differing(software, { links: [ours], ipv6: { [vethName]: true } }, /ipv6/)).toContain(
    `port-ipv6 ${vethName}`,
  );
});

test('if the kernel has no IPv6, there is none to turn off', () => {
  expect(differing(software, { links: [ours], ipv6: null }, /ipv6/)).toEqual([]);
  expect(differing(card, { ipv6: null }, /ipv6/)).toEqual([]);
});

test('a VF’s representor is recognized by its VF, whatever its name; a spare VF’s is left alone', () => {
  const { pfs } = bareHost();
  const uplink = link('enp3s0f0np0', pf0, { physSwitchId: 'a', physPortName: 'p0' });
  const seen = [0, 1, 7].map((index) =>
    link(`eth${index}`, pf0, { physSwitchId: 'a', physPortName: `pf0vf${index}` }),
  );
  const state = { pfs, links: [uplink, ...seen], ipv6: { eth0: false, eth1: true, eth7: true } };
  expect(differing(card, state, /representor-ipv6/)).toEqual([`representor-ipv6 ${pf0}/1`]);
});

test('a bridge’s own port is made down and without addresses', () => {
  expect(differing(software, {}, /bridge-local/)).toEqual([]);
  const wants = { up: false, addresses: [] };
  const from = { up: true, addresses: ['10.0.0.9/24', 'fd00::9/64'] };
  expect(bridgeLocal.move('br-storage', from, wants)).toEqual({
    // An IPv6 address is gone once the netdev is down, and could not be deleted.
    batch: [
      'addr del 10.0.0.9/24 dev br-storage',
      'addr del fd00::9/64 dev br-storage',
      'link set dev br-storage down',
    ],
  });
});

test('guests compute their checksums themselves only if user space reads their frames', () => {
  const userspace: FabricHost = { ...software, datapath: 'ovs-dpdk' };
  expect(guestChecksum.wanted(expand(userspace), bareHost())).toEqual([{ at: 'web/storage', value: false }]);
  expect(guestChecksum.wanted(expand(software), bareHost())).toEqual([]);
  expect(guestChecksum.wanted(expand({ ...card, datapath: 'ovs-dpdk' }), bareHost())).toEqual([]);
});
