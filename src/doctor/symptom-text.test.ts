import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ailments } from './ailments.ts';
import { pairings } from './both-ends.ts';
import { likelyFor } from './symptom-text.ts';

describe('what somebody read on a screen leads to its rule', () => {
  test.each([
    ['RTNETLINK answers: Operation not permitted', 'VF2119'],
    ['Operation not permitted', 'VF2119'],
    ['mlx5_core 0000:08:00.0: Failed to activate VF LAG', 'VF2048'],
    [
      'CREATE_LAG(0x840) op_mod(0x0) failed, status bad parameter(0x3), syndrome (0x7d49cb), err(-22)',
      'VF2048',
    ],
    ['Error: mlx5_core: Failed setting eswitch to offloads.', 'VF2130'],
    ['tee: /sys/bus/pci/drivers/vfio-pci/new_id: File exists', 'VF2043'],
    ["Warning: mlx5_core: Can't activate LAG offload, PF is configured with more than 64 VFs.", 'VF2102'],
    ['Could not change any device features', 'VF2100'],
    ['vfio 0000:04:00.3: group 9 is not viable', 'VF2135'],
    ['database connection failed', 'VF2050'],
    ['vxlan udp dport was not registered with the HW', 'VF2139'],
    ['DPDK not supported in this copy of Open vSwitch', 'VF2123'],
    ['my VM has no network: Relaying device request to user (#3)', 'VF2132'],
  ])('%s', (text, code) => {
    expect(
      likelyFor(text)
        .slice(0, 3)
        .map((one) => one.code),
    ).toContain(code);
  });

  test('"no such device" is said by several, and all of them are named', () => {
    const codes = likelyFor('no such device').map(({ code }) => code);
    expect(codes.slice(0, 3).sort()).toEqual(['VF2117', 'VF2133', 'VF2137']);
  });
});

test('a text that resembles nothing known leads nowhere', () => {
  expect(likelyFor('the coffee machine is empty')).toEqual([]);
  expect(likelyFor('!!! 12:34:56')).toEqual([]);
});

test('every text of every rule leads to that rule, or to one that prints it as well', () => {
  for (const { code, texts } of [...ailments, ...pairings])
    for (const text of texts) {
      const found = likelyFor(text, [], 12);
      expect({ text, codes: found.map((one) => one.code) }).toMatchObject({
        codes: expect.arrayContaining([code]),
      });
    }
});

test('any text is ranked, the best first, within 0 and 1', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const scores = likelyFor(text).map(({ score }) => score);
      expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
      expect([...scores].sort((a, b) => b - a)).toEqual(scores);
    }),
    { numRuns: 200 },
  );
});
