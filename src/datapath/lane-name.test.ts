import { expect, test } from 'vitest';
import { asIfName, asNetworkName, type NetworkName } from '../model/names.ts';
import { bondName, memberName } from './lane-name.ts';

function network(text: string): NetworkName {
  const name = asNetworkName(text);
  if (!name) throw new Error(text);
  return name;
}

test('a lane has the name of its network, if the kernel accepts it', () => {
  expect(bondName(network('storage'))).toBe('storage');
});

test.each(['lo', 'all', 'default', 'a-network-with-a-long-name', 'exactly-13-ch'])(
  'a lane of %s has a name that is its own and fits',
  (text) => {
    const names = [bondName(network(text)), memberName(network(text), 0), memberName(network(text), 1)];
    for (const name of names) expect([name, asIfName(name)]).toEqual([name, name]);
    expect(names).not.toContain(text);
    expect(new Set(names).size).toBe(3);
  },
);
