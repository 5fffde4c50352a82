import { expect, test } from 'vitest';
import { parseMaxPayload, slotLimit } from './slot-limit.ts';
import { wireLimit } from './wire-limit.ts';

const plain = { tunnel: 'none', tagged: false } as const;
const vlan = { tunnel: 'none', tagged: true } as const;
const vxlan4 = { tunnel: 'vxlan4', tagged: false } as const;
const vxlan6 = { tunnel: 'vxlan6', tagged: false } as const;

// The table of facts §11: TCP goodput on 100 GbE in Gb/s, with timestamps.
test.each([
  [plain, 1500, 94.15],
  [plain, 9000, 99.0],
  [vlan, 1500, 93.9],
  [vlan, 9000, 98.96],
  [vxlan4, 1500, 91.18],
  [vxlan4, 9000, 98.46],
  [vxlan6, 1500, 90.05],
  [vxlan6, 9000, 98.24],
  [vxlan4, 1450, 90.9],
] as const)('%o carries at most, at an MTU of %i, %f Gb/s', (around, mtu, gbps) => {
  expect(wireLimit(100e9, mtu, around) / 1e9).toBeCloseTo(gbps, 2);
});

test('an IPv6 header costs 20 bytes more', () => {
  expect(wireLimit(100e9, 1500, plain, 6) / wireLimit(100e9, 1500, plain, 4)).toBeCloseTo(1428 / 1448, 6);
});

// Facts §11: Gen4 x8 by the largest payload of a packet.
test.each([
  [128, 106.1],
  [256, 115.2],
  [512, 120.4],
])('a Gen4 x8 slot with packets of %i bytes carries %f Gb/s', (payload, gbps) => {
  expect(slotLimit({ gigatransfers: 16, lanes: 8 }, payload) / 1e9).toBeCloseTo(gbps, 1);
});

test('Gen 1 spends a fifth on its coding', () => {
  expect(slotLimit({ gigatransfers: 2.5, lanes: 1 }, 1e9) / 1e9).toBeCloseTo(2, 2);
});

// Written by hand, as lspci 3.9.0 (ls-caps.c) puts these lines.
const lspci = `0000:03:00.0 Ethernet controller: Mellanox Technologies MT28800 Family [ConnectX-5 Ex]
	Capabilities: [60] Express (v2) Endpoint, MSI 00
		DevCap:	MaxPayload 512 bytes, PhantFunc 0, Latency L0s unlimited, L1 unlimited
			ExtTag+ AttnBtn- AttnInd- PwrInd- RBE+ FLReset+ SlotPowerLimit 0W
		DevCtl:	CorrErr+ NonFatalErr+ FatalErr+ UnsupReq-
			RlxdOrd+ ExtTag+ PhantFunc- AuxPwr- NoSnoop+ FLReset-
			MaxPayload 256 bytes, MaxReadReq 512 bytes
		DevSta:	CorrErr+ NonFatalErr- FatalErr- UnsupReq+ AuxPwr- TransPend-
`;

test('the packets of a slot are those that are set, not those that the card could', () => {
  expect(parseMaxPayload(lspci)).toBe(256);
});

test.each([
  ['nothing', ''],
  ['no root', '03:00.0 Ethernet controller: Mellanox\n\tCapabilities: <access denied>\n'],
  ['only what the card could', lspci.slice(0, lspci.indexOf('DevCtl'))],
])('where lspci says %s, nothing is known of them', (_what, text) => {
  expect(parseMaxPayload(text)).toBeUndefined();
});
