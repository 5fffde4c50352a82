import { expect, test } from 'vitest';
import { bareHost, link, pf0, pf1 } from '../../tests/support/states.ts';
import { emptyLedger } from '../model/ledger.ts';
import { byPlace } from './by-place.ts';
import { sparingHost } from './spare-host.ts';

const wants = byPlace([
  { resource: 'pf-up', at: pf0, value: false },
  { resource: 'pf-up', at: pf1, value: false },
  { resource: 'num-vfs', at: pf0, value: null },
]);

test('a port that the host has given an address stays up; its pool still goes', () => {
  const links = [link('enp3s0f0np0', pf0, { addresses: ['10.99.0.1/24'] }), link('enp3s0f1np1', pf1)];
  const spared = sparingHost(wants, bareHost({ links }), emptyLedger);
  expect([...(spared.get('pf-up') ?? [])]).toEqual([[pf1, false]]);
  expect(spared.get('num-vfs')?.has(pf0)).toBe(true);
});

test('a member of vflane’s own bond is not in use by the host', () => {
  const links = [link('enp3s0f0np0', pf0, { master: 'bond0' }), link('enp3s0f1np1', pf1, { master: 'br7' })];
  const entry = { resource: 'host-bond', at: 'bond0', value: {}, was: null };
  const ledger = { ...emptyLedger, entries: new Map([['host-bond bond0', entry]]) };
  const spared = sparingHost(wants, bareHost({ links }), ledger);
  expect([...(spared.get('pf-up') ?? [])]).toEqual([[pf0, false]]);
});
