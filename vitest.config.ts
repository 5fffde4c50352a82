import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { defineConfig } from 'vitest/config';

// Most code runs a few times in a test: what V8 optimises beside it comes too late, and takes the processor from it.
// Both together spare a sixth of the processor time, also in workers, which take the process's flags.
setFlagsFromString('--interrupt-budget=500000');
setFlagsFromString('--max-semi-space-size=64');

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['**/*.lab.test.ts', '**/*.real.test.ts', 'node_modules/**'],
    setupFiles: ['tests/support/seed.ts'],
    pool: 'threads',
    isolate: false,
    // By default one core is left idle; and a worker waits for processes and timers a third of its time.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 30_000,
  },
});
