import { expect, test } from 'vitest';
import { bareHost, barePf, fabric, fabricHost, guest, link, pf0, pf1 } from '../../tests/support/states.ts';
import { expandOvsTc } from '../datapath/ovs-tc.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { BondState, HostState, LagState, LinkState, PfState, VfState } from '../model/host-state.ts';
import { emptyLedger } from '../model/ledger.ts';
import { asIfName, asPciAddress } from '../model/names.ts';
import { examine } from './rules.ts';

const underlay = { address: '192.168.9.1/24', routes: [], arpTargets: [], ports: [], adopt: false };
const host: FabricHost = {
  ...fabricHost('alpha', [guest('web', 'netns', ['storage'])]),
  datapath: 'ovs-tc',
  underlay,
};
const all = fabric([host]);
const spec = expandOvsTc(all, host, emptyLedger);

function said(state: HostState): readonly string[] {
  return examine({ fabric: all, host, spec, state })
    .map(({ code }) => code)
    .filter((code) => code.startsWith('VF204'));
}

const ready: Partial<PfState> = { eswitch: 'switchdev', totalVfs: 16, channels: { now: 32, max: 32 } };
const vfLag: LagState = { state: 'active', type: 'switchdev', flags: ['shared_fdb:on'] };
const watched: BondState = {
  ...{ mode: 'active-backup', miimonMs: 100, arpIntervalMs: 0, arpTargets: [], arpValidate: 'none' },
  ...{ failOverMac: 'none', numGratArp: 1, primary: undefined, activeSlave: undefined },
};

/** Both ports bonded and in switchdev, but for what differs. */
function bonded(
  first: Partial<PfState> = {},
  second: Partial<PfState> = {},
  bond: Partial<BondState> = {},
  member: Partial<LinkState> = {},
): HostState {
  const of = (name: string, pci: string) => link(name, pci, { master: 'bond0', ...member });
  return bareHost({
    pfs: [
      { ...barePf(pf0, 'enp3s0f0np0'), ...ready, lag: vfLag, ...first },
      { ...barePf(pf1, 'enp3s0f1np1'), ...ready, lag: vfLag, ...second },
    ],
    links: [
      of('enp3s0f0np0', pf0),
      of('enp3s0f1np1', pf1),
      link('bond0', undefined, { kind: 'bond', bond: { ...watched, ...bond } }),
    ],
  });
}

function vf(driver: string | undefined, driverOverride: string): VfState {
  const pci = asPciAddress('0000:03:00.2') ?? pf0;
  const admin = { unseen: 'not asked' };
  return { index: 0, pci, driver, driverOverride, iommuGroup: '15', netdev: undefined, admin };
}

test('an untouched card and a healthy one are passed over', () => {
  expect(said(bareHost())).toEqual([]);
  expect(said(bonded())).toEqual([]);
});

test('what could not be looked at is not called a mistake', () => {
  const unseen = { unseen: 'no debugfs' };
  expect(said(bonded({ lag: unseen, channels: unseen, eswitch: unseen }))).toEqual([]);
  expect(said({ ...bonded(), links: unseen })).toEqual([]);
});

test('an active LAG of another type is distinguished from a VF-LAG', () => {
  const lag: LagState = { state: 'active', type: 'roce', flags: ['shared_fdb:off'] };
  expect(said(bonded({ eswitch: 'legacy', lag }, { eswitch: 'legacy', lag }))).toEqual(['VF2040']);
});

test('a VF-LAG of two switches, and one that was refused', () => {
  const apart: LagState = { ...vfLag, flags: ['shared_fdb:off', 'fdb_selection_mode:native'] };
  expect(said(bonded({ lag: apart }))).toEqual(['VF2047']);
  const none: LagState = { state: 'disabled', type: undefined, flags: [] };
  expect(said(bonded({ lag: none }))).toEqual(['VF2048']);
  // Too many VFs in firmware has a finding of its own, and a card without LAG has no such file.
  expect(said(bonded({ lag: none, totalVfs: 127 }))).toEqual([]);
  expect(said(bonded({ lag: { ...none, state: undefined } }))).toEqual([]);
});

test('ports that differ', () => {
  expect(said(bonded({}, { eswitch: 'legacy' }))).toEqual(['VF2041']);
  expect(said(bonded({}, { channels: { now: 1, max: 32 } }))).toEqual(['VF2042']);
  // Both have one after every change of mode: the plan says so itself.
  const one = { channels: { now: 1, max: 32 } };
  expect(said(bonded(one, one))).toEqual([]);
});

test('a VF that vfio-pci has without an override, unless somebody is using it', () => {
  expect(said(bonded({ vfs: [vf('vfio-pci', '')] }))).toEqual(['VF2043']);
  expect(said(bonded({ vfs: [vf('vfio-pci', 'vfio-pci')] }))).toEqual([]);
  expect(said(bonded({ vfs: [vf(undefined, '')] }))).toEqual([]);
  const holders = [{ path: '/dev/vfio/15', pid: 4, command: 'qemu' }];
  expect(said({ ...bonded({ vfs: [vf('vfio-pci', '')] }), holders })).toEqual([]);
});

test('an address on a port blocks the bond, and is stranded under it', () => {
  const addresses = ['172.16.0.1/24'];
  const links = [link('enp3s0f0np0', pf0, { addresses }), link('enp3s0f1np1', pf1)];
  expect(said(bareHost({ links }))).toEqual(['VF2044']);
  expect(said(bonded({}, {}, {}, { addresses }))).toEqual(['VF2045', 'VF2045']);
});

test('a port of a host without a card may carry an address unless it is bonded', () => {
  const links = [link('eth1', undefined, { addresses: ['192.168.9.1/24'] }), link('eth2')];
  const on = (ports: readonly string[]) => {
    const names = ports.flatMap((name) => asIfName(name) ?? []);
    const software: FabricHost = {
      ...host,
      nic: { kind: 'software' },
      underlay: { ...underlay, ports: names },
    };
    const wanted = expandOvsTc(fabric([software]), software, emptyLedger);
    return examine({ fabric: all, host: software, spec: wanted, state: bareHost({ pfs: [], links }) })
      .map(({ code }) => code)
      .filter((code) => code.startsWith('VF204'));
  };
  expect(on(['eth1'])).toEqual([]);
  expect(on(['eth1', 'eth2'])).toEqual(['VF2044']);
});

test('a bond that monitors neither link nor ARP', () => {
  expect(said(bonded({}, {}, { miimonMs: 0 }))).toEqual(['VF2046']);
  expect(said(bonded({}, {}, { miimonMs: 0, arpIntervalMs: 100 }))).toEqual([]);
});
