import { defineConfig } from 'vitest/config';

// Tests that need real Open vSwitch or nftables, or hosts made of namespaces.
export default defineConfig({
  test: {
    include: ['tests/**/*.real.test.ts'],
    setupFiles: ['tests/support/seed.ts'],
    maxWorkers: '100%',
    // A machine loaded by others may miss a deadline once; a second failure is reported along with the first.
    retry: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
