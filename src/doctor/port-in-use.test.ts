import { expect, test } from 'vitest';
import { bareHost, fabric, fabricHost, guest, link } from '../../tests/support/states.ts';
import { expandOvsDpdk } from '../datapath/ovs-dpdk.ts';
import { expandOvsTc } from '../datapath/ovs-tc.ts';
import type { Datapath, FabricHost } from '../model/fabric.ts';
import type { HostState } from '../model/host-state.ts';
import { emptyLedger } from '../model/ledger.ts';
import type { IfName } from '../model/names.ts';
import { portInUse } from './port-in-use.ts';

function said(datapath: Datapath, ports: readonly string[], more: Partial<HostState>): readonly string[] {
  const host: FabricHost = {
    ...fabricHost('alpha', [guest('web', 'netns', ['storage'])]),
    datapath,
    nic: { kind: 'software' },
    underlay: {
      address: '192.168.9.1/24',
      routes: [],
      arpTargets: [],
      ports: ports as readonly IfName[],
      adopt: false,
    },
  };
  const all = fabric([host]);
  const spec = (datapath === 'ovs-tc' ? expandOvsTc : expandOvsDpdk)(all, host, emptyLedger);
  const state = bareHost({ pfs: [], ...more });
  return portInUse({ fabric: all, host, spec, state }).map(({ message, hint }) => `${message}. ${hint}`);
}

const used = link('eth1', undefined, { addresses: ['10.0.0.5/24'] });
const links = [used, link('eth2')];

test('a port by which the host would become deaf, or lose its address, is named with what it carries', () => {
  expect(said('ovs-dpdk', ['eth1'], { links })).toEqual([
    'alpha: eth1 carries 10.0.0.5/24, but is to belong to Open vSwitch, after which the host hears nothing on it. Name ports that the host itself does not use, or move its address to another netdev. If nothing needs it: ip addr del 10.0.0.5/24 dev eth1.',
  ]);
  expect(said('ovs-tc', ['eth1', 'eth2'], { links })).toEqual([
    expect.stringMatching(/^alpha: eth1 .*a bond\./),
  ]);
});

test('the operator’s own way in must not be taken, and no command is offered for that', () => {
  const [line = ''] = said('ovs-dpdk', ['eth1'], { links, session: 'eth1' });
  expect(line).not.toContain('addr del');
  expect(said('ovs-dpdk', ['eth2'], { links, session: 'eth2' })).toHaveLength(1);
});

test('a single port that the kernel uses as it is may have addresses', () => {
  expect(said('ovs-tc', ['eth1'], { links })).toEqual([]);
  expect(said('ovs-dpdk', ['eth2'], { links })).toEqual([]);
});
