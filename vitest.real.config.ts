import { defineConfig } from 'vitest/config';

// What needs real Open vSwitch or nftables, and hosts made of namespaces.
export default defineConfig({
  test: {
    include: ['tests/**/*.real.test.ts'],
    setupFiles: ['tests/support/seed.ts'],
    maxWorkers: '100%',
    // A machine that others load may be too slow for a deadline once; what fails twice is told with both.
    retry: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
