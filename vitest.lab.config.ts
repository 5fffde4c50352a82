import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.lab.test.ts'],
    exclude: ['node_modules/**'],
    fileParallelism: false,
    testTimeout: 600_000,
    // A machine that others load may be too slow for a deadline once; what fails twice is told with both.
    retry: 1,
    hookTimeout: 900_000,
  },
});
