import { expect, test } from 'vitest';
import { dpdkPages } from './dpdk-memory.ts';

test('a pool of 262144 buffers for each frame size', () => {
  expect(dpdkPages([1500])).toBe(64 + (262_144 * (2048 + 1024)) / 2 ** 21);
  // 9000 and 9080 bytes are of one size.
  expect(dpdkPages([9000, 9080])).toBe(64 + (262_144 * (2048 + 1024 + 9216 + 1024)) / 2 ** 21);
  expect(dpdkPages([9000])).toBe(dpdkPages([1500, 9000, 9080]));
});
