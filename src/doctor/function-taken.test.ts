import { expect, test } from 'vitest';
import { bareHost, fabric, fabricHost, guest, link } from '../../tests/support/states.ts';
import { expandOvsDpdk } from '../datapath/ovs-dpdk.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { FunctionState, HostState } from '../model/host-state.ts';
import { emptyLedger, type Ledger } from '../model/ledger.ts';
import type { PciAddress } from '../model/names.ts';
import { dpdkPartsMissing } from './dpdk-parts-missing.ts';
import { functionTaken } from './function-taken.ts';
import type { Rule } from './rule.ts';

const [first, second] = ['0000:01:00.0' as PciAddress, '0000:01:00.1' as PciAddress];
const host: FabricHost = {
  ...fabricHost('alpha', [guest('web', 'netns', ['storage'])]),
  datapath: 'ovs-dpdk',
  nic: { kind: 'software' },
  underlay: {
    ...{ address: '192.168.9.1/24', routes: [], arpTargets: [], ports: [], adopt: false },
    functions: [first, second],
  },
};

function port(pci: PciAddress, more: Partial<FunctionState> = {}): FunctionState {
  const card = { present: true, driver: 'igb', driverOverride: '', netdev: undefined };
  return { pci, ...card, numVfs: 0, besides: [], numaNode: -1, localCpus: '0-3', ...more };
}

function said(rule: Rule, more: Partial<HostState>, ledger: Ledger = emptyLedger): readonly string[] {
  const all = fabric([host]);
  const spec = expandOvsDpdk(all, host, ledger);
  const state = bareHost({ pfs: [], ...more });
  return rule({ fabric: all, host, spec, state, ledger }).map(
    ({ code, message, hint }) => `${code} ${message}. ${hint}`,
  );
}

const taken = (one: Partial<FunctionState>, more: Partial<HostState> = {}) =>
  said(functionTaken, { functions: [port(first, one), port(second)], ...more });

test('two ports that nobody uses may be taken', () => {
  expect(taken({ netdev: 'eth1' }, { links: [link('eth1', first)] })).toEqual([]);
});

test('what stands on the netdev of a port is named: addresses, a VLAN, the operator’s way in', () => {
  const links = [
    link('eth1', first, { addresses: ['10.0.0.5/24'] }),
    link('eth1.7', undefined, { lower: 'eth1' }),
  ];
  const [line = '', ...more] = taken({ netdev: 'eth1' }, { links, session: 'eth1' });
  expect(line).toMatch(
    /^VF2064 alpha: eth1 \(0000:01:00\.0\) carries 10\.0\.0\.5\/24 and is under eth1\.7 and is how you are connected/,
  );
  expect(more).toEqual([]);
});

test('the other port of the card may share its IOMMU group, and no other function may', () => {
  const usb = { pci: '0000:01:00.2' as PciAddress, driver: 'xhci_hcd' };
  expect(taken({ besides: [{ pci: second, driver: 'igb' }] })).toEqual([]);
  expect(taken({ besides: [usb] })).toEqual([expect.stringMatching(/^VF2066 .*0000:01:00\.2 \(xhci_hcd\)/)]);
});

test('VFs that somebody made keep a port with the kernel; vflane’s own go with the plan', () => {
  expect(taken({ numVfs: 2 })).toEqual([expect.stringMatching(/^VF2067 .*2 VFs/)]);
  const entry = { resource: 'num-vfs', at: first, value: 2, was: null };
  const ledger: Ledger = { ...emptyLedger, entries: new Map([[`num-vfs ${first}`, entry]]) };
  expect(said(functionTaken, { functions: [port(first, { numVfs: 2 })] }, ledger)).toEqual([]);
});

test('without an IOMMU, or without the port, nothing is started', () => {
  expect(taken({}, { iommu: false })).toEqual([
    expect.stringMatching(/^VF2005/),
    expect.stringMatching(/^VF2005/),
  ]);
  expect(taken({ present: false })).toEqual([expect.stringMatching(/^VF2001 .*0000:01:00\.0/)]);
});

const parts = (packages: readonly string[]) => ({
  debian: 13,
  packages: ['openvswitch-switch-dpdk', 'librte-mempool-ring25', ...packages],
  daemons: ['/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk'],
});

test('the package of DPDK’s driver is that of the card, also when DPDK has the card already', () => {
  const lacks = [expect.stringMatching(/librte-net-e1000-25, which is not installed/)];
  const mlx5 = parts(['librte-net-mlx5-25']);
  expect(said(dpdkPartsMissing, { functions: [port(first)], dpdkParts: mlx5 })).toEqual(lacks);
  const e1000 = parts(['librte-net-e1000-25']);
  expect(said(dpdkPartsMissing, { functions: [port(first)], dpdkParts: e1000 })).toEqual([]);
  const was = { driver: 'igb', mtu: 1500, up: false };
  const entry = { resource: 'port-driver', at: first, value: 'vfio-pci', was };
  const ledger: Ledger = { ...emptyLedger, entries: new Map([[`port-driver ${first}`, entry]]) };
  const bound = [port(first, { driver: 'vfio-pci' })];
  expect(said(dpdkPartsMissing, { functions: bound, dpdkParts: mlx5 }, ledger)).toEqual(lacks);
});

test('Debian puts a hyphen before the number only if the driver’s name ends in a digit', () => {
  const functions = [port(first, { driver: 'ixgbe' })];
  expect(said(dpdkPartsMissing, { functions, dpdkParts: parts([]) })).toEqual([
    expect.stringMatching(/librte-net-ixgbe25/),
  ]);
});

test('a card for which DPDK has no driver has to be named by its netdev', () => {
  const functions = [port(first, { driver: 'tg3', netdev: 'eth1' })];
  expect(said(dpdkPartsMissing, { functions, dpdkParts: parts([]) })).toEqual([
    expect.stringMatching(/^VF2068 .*tg3.* such as eth1/),
  ]);
});
