import { defineConfig } from 'vitest/config';

const files = (names: readonly string[]) => names.map((name) => `tests/lab-${name}.lab.test.ts`);

/** VMs inside the lab's hosts, emulators that are emulated, and hosts with packages that the image lacks: a suite of its own (`npm run test:vms`). */
const vms = files([
  ...['vm', 'guests', 'guest-power', 'guest-unit', 'guest-uefi', 'inside-vm', 'libvirt'],
  'network-managers',
]);

/** What keeps both processors busy alone, a host being one processor of the machine's, or holds a time to what was promised. */
const both = files([
  ...['verbs', 'overlay', 'datapaths', 'bench', 'measure', 'day-two', 'enable'],
  ...['vm', 'guests', 'inside-vm'],
]);

const isVms = process.env.VFLANE_LAB_SUITE === 'vms';
const suite = isVms ? vms : ['tests/lab-*.lab.test.ts'];
const left = isVms ? [] : vms;

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
          name: 'two at a time',
          include: suite,
          exclude: [...both, ...left],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: both.filter((name) => vms.includes(name) === isVms),
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
