import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { defineConfig } from 'vitest/config';

// Most code runs only a few times in a test: V8's concurrent optimisation comes too late, and costs processor time.
// Both flags together save a sixth of it, also in workers, which inherit the process's flags.
setFlagsFromString('--interrupt-budget=500000');
setFlagsFromString('--max-semi-space-size=64');

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/*.lab.test.ts', '**/*.real.test.ts', 'node_modules/**'],
    setupFiles: ['tests/support/seed.ts'],
    pool: 'threads',
    isolate: false,
    // By default one core stays idle, and a worker waits for processes and timers a third of its time.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 30_000,
  },
});
