import { expect, test } from 'vitest';
import { bareHost, link, pf0, pf1 } from '../../tests/support/states.ts';
import type { Step } from '../model/plan.ts';
import { touchesWayIn } from './way-in.ts';

const ports = [link('enp3s0f0np0', pf0), link('enp3s0f1np1', pf1)];

function changing(at: string): readonly Step[] {
  const nothing = { why: '', at, for: [], disrupts: [], guard: [], actions: [], undo: [] };
  const changes = [{ resource: 'pf-mtu', at, from: 1500, to: 9080 }];
  return [{ ...nothing, resource: 'pf-mtu', settle: { all: [], show: [], timeoutMs: 0 }, changes }];
}

test.each([
  ['the port itself', 'enp3s0f0np0', ports],
  ['a VLAN on the port', 'mgmt', [...ports, link('mgmt', undefined, { lower: 'enp3s0f0np0' })]],
  [
    'a bridge over a bond over the port',
    'br0',
    [link('enp3s0f0np0', pf0, { master: 'bond7' }), link('bond7', undefined, { master: 'br0' }), link('br0')],
  ],
])('an operator who came in over %s', (_what, session, links) => {
  expect(touchesWayIn(bareHost({ session, links }), changing(pf0))).toBe(true);
  expect(touchesWayIn(bareHost({ session, links }), changing(pf1))).toBe(false);
});

test('an operator who came in over another card, or sits at the machine', () => {
  const links = [...ports, link('eno1')];
  expect(touchesWayIn(bareHost({ session: 'eno1', links }), changing(pf0))).toBe(false);
  expect(touchesWayIn(bareHost({ links }), changing(pf0))).toBe(false);
});
