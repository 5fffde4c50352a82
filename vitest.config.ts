import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/*.lab.test.ts', '**/*.real.test.ts', 'node_modules/**'],
    pool: 'threads',
    isolate: false,
    // By default one core is left idle.
    maxWorkers: '100%',
    testTimeout: 30_000,
  },
});
