import { defineConfig } from 'vitest/config';

/** What keeps both processors busy alone, a host being one processor of the machine's, or holds a time to what was promised. */
const twoHosts = ['verbs', 'overlay', 'datapaths', 'vm', 'bench', 'guests', 'day-two', 'enable'].map(
  (name) => `tests/lab-${name}.lab.test.ts`,
);

export default defineConfig({
  test: {
    testTimeout: 600_000,
    // A machine that others load may be too slow for a deadline once; what fails twice is told with both.
    retry: 1,
    hookTimeout: 900_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'one host',
          include: ['tests/*.lab.test.ts'],
          exclude: twoHosts,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'two hosts',
          include: twoHosts,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
