import { expect, test } from 'vitest';
import { bareHost, fabric, fabricHost, guest, link, pf0, pf1 } from '../../tests/support/states.ts';
import { expandLegacyVlan } from '../datapath/legacy-vlan.ts';
import type { LinkState } from '../model/host-state.ts';
import { emptyLedger } from '../model/ledger.ts';
import { examine } from './rules.ts';

const ports = [link('enp3s0f0np0', pf0), link('enp3s0f1np1', pf1)];

function said(kind: 'host' | 'netns', links: readonly LinkState[]): readonly string[] {
  const host = fabricHost('alpha', [guest('self', kind, ['storage'])]);
  const of = fabric([host]);
  const spec = expandLegacyVlan(of, host, emptyLedger);
  const state = bareHost({ links: [...ports, ...links] });
  return examine({ fabric: of, host, spec, state, ledger: emptyLedger })
    .filter(({ code }) => code === 'VF2056')
    .map(({ message }) => message);
}

test('a network with the name of a host’s netdev is reported before a bond is made on the host', () => {
  expect(said('host', [link('storage', pf0)])).toEqual([expect.stringContaining('storage is a netdev of')]);
});

test('what is already a bond, or in a namespace of its own, is in nobody’s way', () => {
  const bond = { ...link('storage', pf0), bond: {} } as unknown as LinkState;
  expect(said('host', [bond])).toEqual([]);
  expect(said('netns', [link('storage', pf0)])).toEqual([]);
});
