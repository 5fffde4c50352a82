import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namesIn } from './boot.ts';

test('ifupdown’s files are read for the netdevs that they name', () => {
  const text = `# The loopback network interface
auto lo
iface lo inet loopback
allow-hotplug enp3s0f0np0 \\
  bond0
iface bond0 inet static
	address 192.168.9.2/24
	bond-slaves eno1
source /etc/network/interfaces.d/*
`;
  expect(namesIn(text)).toEqual(['lo', 'lo', 'enp3s0f0np0', 'bond0', 'bond0']);
});

test('whatever is in them is read', () => {
  fc.assert(fc.property(fc.string(), (text) => Array.isArray(namesIn(text))));
});
