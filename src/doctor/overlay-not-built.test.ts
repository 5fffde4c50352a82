import { expect, test } from 'vitest';
import { bareHost, fabric, fabricHost, guest } from '../../tests/support/states.ts';
import { expandOvsTc } from '../datapath/ovs-tc.ts';
import type { FabricHost } from '../model/fabric.ts';
import { emptyLedger } from '../model/ledger.ts';
import { overlayNotBuilt } from './overlay-not-built.ts';

const underlay = { address: '192.168.9.1/24', routes: [], arpTargets: [], adopt: true };
const plain: FabricHost = {
  ...fabricHost('alpha', [guest('web', 'netns', ['storage'])]),
  datapath: 'ovs-tc',
  underlay,
};

function said(host: FabricHost): readonly string[] {
  const all = fabric([host]);
  const spec = expandOvsTc(all, host, emptyLedger);
  return overlayNotBuilt({ fabric: all, host, spec, state: bareHost() }).map(({ code }) => code);
}

test('what is built is not refused', () => {
  expect(said(plain)).toEqual([]);
  expect(said({ ...plain, nic: { kind: 'software' } })).toEqual([]);
});

test('what would be left out is refused', () => {
  expect(said({ ...plain, underlay: { ...underlay, vlan: 7 } })).toEqual(['VF2035']);
  const vm = guest('ceph1', 'external', ['storage']);
  expect(said({ ...plain, nic: { kind: 'software' }, guests: [vm] })).toEqual(['VF2035']);
  expect(said({ ...plain, nic: { kind: 'software' }, underlay: { ...underlay, adopt: false } })).toEqual([
    'VF2035',
  ]);
});
