import { expect, test } from 'vitest';
import { fabric, fabricHost, guest } from '../../tests/support/states.ts';
import { gatewaysOf } from './gateways.ts';

test('only a gateway in one of the guest’s own subnets is used', () => {
  const all = fabric([fabricHost('alpha', [guest('web', 'netns', ['household'])])]);
  const [network, attachment] = [all.networks[0], all.hosts[0]?.guests[0]?.attachments[0]];
  if (!network || !attachment) throw new Error('the fabric is not the one that was asked for');
  const both = { ...network, gateways: ['10.3.0.1', 'fd00:3::1'] };
  const on = (...addresses: string[]) => gatewaysOf(both, { ...attachment, addresses });
  expect(on('10.3.0.2/24', 'fd00:3::2/64')).toEqual(['10.3.0.1', 'fd00:3::1']);
  expect(on('10.3.0.2/24')).toEqual(['10.3.0.1']);
  expect(on('10.4.0.2/24')).toEqual([]);
  expect(on()).toEqual([]);
});
