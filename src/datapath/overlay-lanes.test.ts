import { expect, test } from 'vitest';
import { fabric, fabricHost, guest } from '../../tests/support/states.ts';
import type { FabricHost } from '../model/fabric.ts';
import { emptyLedger } from '../model/ledger.ts';
import { attachedLanes } from './overlay-lanes.ts';

const guests = Array.from({ length: 40 }, (_, n) => guest(`vm${n}`, 'external', ['storage']));

function slotsOf(host: FabricHost): readonly number[] {
  return attachedLanes(fabric([host]), host, emptyLedger).map(({ slot }) => slot);
}

test('a host without a card has room for every guest', () => {
  const host: FabricHost = { ...fabricHost('alpha', guests, 8), nic: { kind: 'software' } };
  expect(slotsOf(host)).toEqual(guests.map((_, n) => n));
});

test('a card has as many places as VFs on both ports', () => {
  expect(slotsOf(fabricHost('alpha', guests, 20))).toHaveLength(40);
  expect(slotsOf(fabricHost('alpha', guests, 8))).toHaveLength(16);
});
