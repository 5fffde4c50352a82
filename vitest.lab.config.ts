import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.lab.test.ts'],
    exclude: ['node_modules/**'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 900_000,
  },
});
