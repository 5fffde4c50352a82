import { expect, test } from 'vitest';
import { bareHost, fabric, fabricHost, guest, link } from '../../tests/support/states.ts';
import { expandOvsDpdk } from '../datapath/ovs-dpdk.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { FunctionState } from '../model/host-state.ts';
import { emptyLedger } from '../model/ledger.ts';
import type { PciAddress } from '../model/names.ts';
import { ovsSetting } from './ovs-setting.ts';
import { portDriver } from './port-driver.ts';
import { underlayBridge } from './underlay-bridge.ts';

const pci = '0000:01:00.0' as PciAddress;
const host: FabricHost = {
  ...fabricHost('alpha', [guest('web', 'netns', ['storage'])]),
  datapath: 'ovs-dpdk',
  nic: { kind: 'software' },
  underlay: {
    ...{ address: '192.168.9.1/24', routes: [], arpTargets: [], ports: [], adopt: false },
    functions: [pci],
  },
};
const spec = expandOvsDpdk(fabric([host]), host, emptyLedger);

function port(more: Partial<FunctionState> = {}): FunctionState {
  const card = { present: true, driver: 'igb', driverOverride: '', netdev: 'eth1' };
  return { pci, ...card, numVfs: 0, besides: [], numaNode: -1, localCpus: '0-3', ...more };
}

const eth1 = link('eth1', pci, { mtu: 9000, up: true });
const kernels = bareHost({ pfs: [], functions: [port()], links: [eth1] });
const dpdks = bareHost({
  pfs: [],
  functions: [port({ driver: 'vfio-pci', driverOverride: 'vfio-pci', netdev: undefined })],
  links: [],
});

test('the kernel’s netdev is remembered, and comes back with its driver', () => {
  const [found] = portDriver.there(kernels);
  expect(found?.value).toEqual({ driver: 'igb', mtu: 9000, up: true });
  const back = portDriver.move(pci, 'vfio-pci', { driver: 'igb', mtu: 9000, up: true });
  expect('actions' in back && back.actions.at(-1)).toEqual({
    run: ['ip', 'link', 'set', 'dev', [{ netdevOf: pci }], 'mtu', '9000', 'up'],
  });
});

test('a port that waits for another driver does not have it yet', () => {
  const waiting = bareHost({
    pfs: [],
    functions: [port({ driver: undefined, driverOverride: 'vfio-pci', netdev: undefined })],
  });
  expect(portDriver.there(waiting)).toEqual([{ at: pci, value: 'none waits for vfio-pci' }]);
  expect(portDriver.there(dpdks)).toEqual([{ at: pci, value: 'vfio-pci' }]);
});

test('a card that DPDK drives beside the kernel stays with the kernel', () => {
  const mlx5 = bareHost({ pfs: [], functions: [port({ driver: 'mlx5_core' })], links: [eth1] });
  expect(portDriver.wanted(spec, kernels)).toEqual([{ at: pci, value: 'vfio-pci' }]);
  expect(portDriver.wanted(spec, mlx5)).toEqual([]);
});

test('DPDK starts after it has its ports: all that are on its list', () => {
  expect(ovsSetting.standsOn?.('dpdk-extra', `-a ${pci} -a 0000:01:00.1`)).toEqual([
    `port-driver ${pci}`,
    'port-driver 0000:01:00.1',
  ]);
  expect(spec.overlay?.settings['dpdk-extra']).toBe(`-a ${pci}`);
});

test('br-phy has the port’s MAC, and keeps it when it can no longer be read', () => {
  const hwaddr = (state: typeof kernels) => {
    const [wanted] = underlayBridge.wanted(spec, state);
    return (wanted?.value as { readonly hwaddr: string } | undefined)?.hwaddr;
  };
  expect(hwaddr(kernels)).toBe(eth1.mac);
  const plain = { datapathType: 'netdev', failMode: 'secure', externalIds: {}, ports: [], flows: [] };
  const bridges = [{ name: 'br-phy', hwaddr: '02:00:00:00:00:01', ...plain }];
  const ovs = { version: '3.5.0', settings: {}, dpdkInitialized: true, daemon: true, bridges };
  expect(hwaddr({ ...dpdks, ovs })).toBe('02:00:00:00:00:01');
  expect(hwaddr(dpdks)).toBe('');
});
