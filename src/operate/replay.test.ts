import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ledgerOf, sectionsOf } from './replay.ts';

test('sections come back unchanged, and a PCI address is checked', () => {
  const sections = {
    pfs: ['0000:03:00.0'],
    namespaces: ['web'],
    routes: ['web'],
    overlay: true,
    tenantPorts: ['web-0df1'],
    dpdk: false,
  };
  expect(sectionsOf({ sections })).toEqual(sections);
  expect(sectionsOf({ sections: { ...sections, pfs: ['../..', 7, '0000:03:00.0'] } })).toEqual(sections);
});

test('what somebody else wrote there is read as far as it can be, whatever it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (value, other) => {
      expect(sectionsOf({ sections: value })).toBeTypeOf('object');
      const { pfs, overlay } = sectionsOf({ sections: { pfs: value, overlay: other } });
      expect([Array.isArray(pfs), typeof overlay]).toEqual([true, 'boolean']);
      expect(ledgerOf({ ledger: value }).entries).toBeInstanceOf(Map);
    }),
  );
});

test('a ledger comes back with its places and its allocation', () => {
  const entry = { resource: 'vf-mac', at: '0000:03:00.0/0', value: '02:00:00:00:00:01', was: null };
  const ledger = { entries: [entry, { resource: 7 }], allocation: { 'web/storage': 3, broken: 'x' } };
  expect(ledgerOf({ ledger })).toEqual({
    entries: new Map([['vf-mac 0000:03:00.0/0', entry]]),
    allocation: { 'web/storage': 3 },
  });
});
