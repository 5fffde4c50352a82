import { defineConfig } from 'vitest/config';

const files = (names: readonly string[]) => names.map((name) => `tests/lab-${name}.lab.test.ts`);

/** VMs inside emulated hosts, and hosts with packages that the image lacks: a separate suite (`npm run test:vms`). */
const vms = files([
  ...['vm', 'guests', 'guest-power', 'guest-unit', 'guest-uefi', 'inside-vm', 'libvirt'],
  'network-managers',
]);

/** Tests that alone keep both processors busy, one for each host, or that check a promised time. */
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
    // A machine loaded by others may miss a deadline once; a second failure is reported along with the first.
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
