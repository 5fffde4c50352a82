import { defineConfig } from 'vitest/config';

// What needs real Open vSwitch or nftables, and hosts made of namespaces.
export default defineConfig({
  test: {
    include: ['tests/**/*.real.test.ts'],
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
