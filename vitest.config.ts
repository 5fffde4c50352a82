import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/*.lab.test.ts', '**/*.real.test.ts', 'node_modules/**'],
    pool: 'threads',
    isolate: false,
    // One more than there are cores: some tests wait for processes of their own.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 30_000,
  },
});
