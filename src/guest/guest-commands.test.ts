import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { fabric, fabricHost, guest } from '../../tests/support/states.ts';
import { expandLegacyVlan } from '../datapath/legacy-vlan.ts';
import { expandOvsTc } from '../datapath/ovs-tc.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { LaneSpec } from '../model/host-spec.ts';
import { emptyLedger } from '../model/ledger.ts';
import { guestCommands } from './guest-commands.ts';
import { networkConfig } from './network-config.ts';

const vm = guest('ceph1', 'external', ['storage']);
const underlay = { address: '192.168.9.1/24', routes: [], arpTargets: [], ports: [], adopt: false };

function lanesOf(more: Partial<FabricHost> = {}): readonly LaneSpec[] {
  const host: FabricHost = { ...fabricHost('alpha', [vm]), ...more };
  const expand = host.datapath === 'legacy-vlan' ? expandLegacyVlan : expandOvsTc;
  const [only] = expand(fabric([host]), host, emptyLedger).guests;
  return (only?.lanes ?? []).map((lane) => ({ ...lane, addresses: ['192.168.10.2/24'] }));
}

const overlay = { datapath: 'ovs-tc', underlay } as const;

test('two VFs are bonded, with their members down first', () => {
  const commands = lanesOf().flatMap(guestCommands);
  expect(commands.filter((line) => line.startsWith('ip link add'))).toHaveLength(1);
  expect(commands.indexOf('ip link set dev "$vf1" down')).toBeLessThan(
    commands.indexOf('ip link set dev "$vf1" master storage'),
  );
  const config = parse(networkConfig(lanesOf()).join('\n'));
  expect(config.bonds.storage).toMatchObject({
    interfaces: Object.keys(config.ethernets),
    mtu: 9000,
    addresses: ['192.168.10.2/24'],
  });
});

test.each([
  ['a VF', overlay],
  ['a tap', { ...overlay, nic: { kind: 'software' } } as const],
])('%s alone is a plain NIC: nothing to bond', (_, more) => {
  const [lane] = lanesOf(more);
  const mac = lane?.members[0]?.mac ?? lane?.tap?.mac;
  expect(mac).toBeDefined();
  expect((lane ? guestCommands(lane) : []).slice(1)).toEqual([
    'ip link set dev "$vf0" mtu 9000 up',
    'ip addr add 192.168.10.2/24 dev "$vf0"',
  ]);
  expect(parse(networkConfig(lanesOf(more)).join('\n'))).toEqual({
    version: 2,
    ethernets: {
      storage: { match: { macaddress: mac }, mtu: 9000, addresses: ['192.168.10.2/24'] },
    },
  });
});

test('default routes have numbers, which cloud-init knows with and without netplan', () => {
  const gateways = ['10.3.0.1', 'fd00::1'];
  const config = parse(networkConfig(lanesOf(overlay).map((lane) => ({ ...lane, gateways }))).join('\n'));
  const routes = Object.values(config.ethernets as object).flatMap((one) => one.routes);
  expect(routes).toEqual([
    { to: '0.0.0.0/0', via: '10.3.0.1' },
    { to: '::/0', via: 'fd00::1' },
  ]);
});
