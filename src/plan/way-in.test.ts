import { expect, test } from 'vitest';
import { bareHost, link, pf0, pf1 } from '../../tests/support/states.ts';
import type { Json } from '../model/json.ts';
import type { Step } from '../model/plan.ts';
import { touchesWayIn } from './way-in.ts';

const ports = [link('enp3s0f0np0', pf0), link('enp3s0f1np1', pf1)];

function changing(at: string, resource = 'pf-mtu', to: Json = 9080): readonly Step[] {
  const nothing = { why: '', at, for: [], disrupts: [], guard: [], actions: [], undo: [] };
  const changes = [{ resource, at, from: null, to }];
  return [{ ...nothing, resource, settle: { all: [], show: [], timeoutMs: 0 }, changes }];
}

test.each([
  ['the port itself', 'enp3s0f0np0', ports],
  ['a VLAN on the port', 'mgmt', [...ports, link('mgmt', undefined, { lower: 'enp3s0f0np0' })]],
  [
    'a bridge over a bond over the port',
    'br0',
    [link('enp3s0f0np0', pf0, { master: 'bond7' }), link('bond7', undefined, { master: 'br0' }), link('br0')],
  ],
])('an operator connected over %s', (_what, session, links) => {
  expect(touchesWayIn(bareHost({ session, links }), changing(pf0))).toBe(true);
  expect(touchesWayIn(bareHost({ session, links }), changing(pf1))).toBe(false);
});

test('an operator connected over another card, or at the console', () => {
  const links = [...ports, link('eno1')];
  expect(touchesWayIn(bareHost({ session: 'eno1', links }), changing(pf0))).toBe(false);
  expect(touchesWayIn(bareHost({ links }), changing(pf0))).toBe(false);
});

test('an operator connected over a port that is to carry the underlay', () => {
  const links = [link('eth1'), link('eth2')];
  const bond = { members: ['eth1', 'eth2'], mtu: 9080, monitor: 'miimon 100', up: true };
  const bridge = { wire: { members: { eth1: '' }, bondMode: '', error: '' } };
  const to = (resource: string, at: string, value: Json): readonly Step[] =>
    changing(at).map((step) => ({ ...step, changes: [{ resource, at, from: null, to: value }] }));
  const host = bareHost({ session: 'eth1', links });
  expect(touchesWayIn(host, to('host-bond', 'bond0', bond))).toBe(true);
  expect(touchesWayIn(host, to('underlay-bridge', 'br-phy', bridge))).toBe(true);
  expect(touchesWayIn(host, to('underlay-link', 'eth1', { mtu: 9080, up: true }))).toBe(true);
  expect(touchesWayIn(host, to('underlay-link', 'eth2', { mtu: 9080, up: true }))).toBe(false);
  expect(touchesWayIn(host, to('underlay-address', 'eth1/192.168.9.1/24', true))).toBe(true);
  expect(touchesWayIn(host, to('underlay-address', 'eth2/192.168.9.1/24', true))).toBe(false);
});

test('a port of a host without a card that is bonded, by its whole name', () => {
  const links = [link('eth1'), link('eth10')];
  const bonding = changing('bond0', 'host-bond', { members: ['eth1', 'eth2'] });
  expect(touchesWayIn(bareHost({ session: 'eth1', links }), bonding)).toBe(true);
  expect(touchesWayIn(bareHost({ session: 'eth10', links }), bonding)).toBe(false);
});

test('a bridge of Open vSwitch stands still while that is restarted', () => {
  const bridge = {
    name: 'br-ext',
    datapathType: '',
    failMode: '',
    hwaddr: '',
    externalIds: {},
    ports: [],
    flows: [],
  };
  const ovs = { version: '3.5.0', settings: {}, dpdkInitialized: false, daemon: true, bridges: [bridge] };
  const restart = changing('hw-offload', 'ovs-setting', 'true');
  expect(touchesWayIn(bareHost({ session: 'br-ext', links: [link('br-ext')], ovs }), restart)).toBe(true);
  expect(touchesWayIn(bareHost({ session: 'eno1', links: [link('eno1')], ovs }), restart)).toBe(false);
});
