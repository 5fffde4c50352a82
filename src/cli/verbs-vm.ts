import type { Verb, VerbArgument, VerbOption } from './verb.ts';

const yes: VerbOption = { form: '-y, --yes', summary: 'do not ask' };
const full: VerbOption = { form: '--full', summary: 'show every command, however many' };
const one: VerbArgument = { form: '<name>', summary: 'a VM of the file' };
const some: VerbArgument = { form: '<names...>', summary: 'VMs of the file' };

/** VMs that vflane runs. */
export const vmVerbs: readonly Verb[] = [
  {
    name: 'vm list',
    summary: 'List the VMs of every host, and whether they run',
    arguments: [],
    options: [],
    example: 'vflane vm list',
    load: async () => (await import('./vm-list.ts')).list,
  },
  {
    name: 'vm status',
    summary: 'Show one VM: what it is made of, and whether it runs',
    arguments: [one],
    options: [],
    example: 'vflane vm status db',
    load: async () => (await import('./vm-list.ts')).status,
  },
  {
    name: 'vm start',
    summary: 'Start VMs as they were applied',
    arguments: [some],
    options: [full],
    example: 'vflane vm start db',
    load: async () => (await import('./vm-power.ts')).start,
  },
  {
    name: 'vm stop',
    summary: 'Shut VMs down as their power button does; one that takes longer than 90 s is switched off',
    arguments: [some],
    options: [yes, full],
    example: 'vflane vm stop db --yes',
    load: async () => (await import('./vm-power.ts')).stop,
  },
  {
    name: 'vm restart',
    summary: 'Shut VMs down and start them again as the file now describes them',
    arguments: [some],
    options: [yes, full],
    example: 'vflane vm restart db --yes',
    load: async () => (await import('./vm-power.ts')).restart,
  },
  {
    name: 'vm console',
    summary: 'Open the serial console of a VM; Ctrl-] leaves it',
    arguments: [one],
    options: [],
    example: 'vflane vm console --help',
    load: () => import('./vm-console.ts'),
  },
  {
    name: 'vm export',
    summary: 'What to do inside a guest, and what another VM manager needs',
    arguments: [{ form: '<guest>', summary: 'a guest of the file' }],
    options: [
      {
        form: '--format <format>',
        summary: 'print only this, ready for use',
        choices: ['cloud-init', 'networkd', 'commands', 'libvirt', 'proxmox', 'incus', 'qemu'],
      },
    ],
    example: 'vflane vm export ceph1 --format networkd',
    load: () => import('./export-guest.ts'),
  },
];
