import { expect, test } from 'vitest';
import { bareHost, fabric, fabricHost, guest, link } from '../../tests/support/states.ts';
import { expandOvsDpdk } from '../datapath/ovs-dpdk.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { HostState } from '../model/host-state.ts';
import { emptyLedger } from '../model/ledger.ts';
import { asIfName } from '../model/names.ts';
import { differencesOf, havesOf, wantsOf } from '../plan/differences.ts';
import { memberIpv6 } from './member-ipv6.ts';

const names = ['eth1', 'eth2'].flatMap((name) => asIfName(name) ?? []);
const underlay = { address: '192.168.9.1/24', routes: [], arpTargets: [], ports: [], adopt: false };
const card: FabricHost = {
  ...fabricHost('alpha', [guest('web', 'netns', ['storage'])]),
  datapath: 'ovs-dpdk',
  underlay,
};
const software = (ports: readonly string[]): FabricHost => ({
  ...card,
  nic: { kind: 'software' },
  underlay: { ...underlay, ports: names.filter((name) => ports.includes(name)) },
});

function differing(host: FabricHost, state: Partial<HostState>): readonly string[] {
  const seen = bareHost(state);
  const spec = expandOvsDpdk(fabric([host]), host, emptyLedger);
  return differencesOf(wantsOf(spec, seen, emptyLedger), havesOf(seen))
    .filter(({ resource }) => resource === memberIpv6.kind)
    .map(({ at }) => at);
}

const links = names.map((name) => link(name, undefined));
const both = { eth1: true, eth2: true };

test('members of Open vSwitch’s bond have to be without IPv6; a single port may have it', () => {
  expect(differing(software(['eth1', 'eth2']), { links, ipv6: both })).toEqual(['eth1', 'eth2']);
  expect(differing(software(['eth1', 'eth2']), { links, ipv6: { eth1: false, eth2: true } })).toEqual([
    'eth2',
  ]);
  expect(differing(software(['eth1']), { links, ipv6: both })).toEqual([]);
  expect(differing(software(['eth1', 'eth2']), { links, ipv6: null })).toEqual([]);
});

test('an address that somebody configured on a member is not removed', () => {
  const [first, ...rest] = links;
  const given = [{ ...first, addresses: ['2001:db8::1/64'] } as (typeof links)[number], ...rest];
  expect(differing(software(['eth1', 'eth2']), { links: given, ipv6: both })).toEqual(['eth2']);
});
