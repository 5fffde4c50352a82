import type { Verb } from './verb.ts';

const firmwareHost = {
  form: '[host]',
  summary: 'only this host',
};
const image = {
  form: '--image <file>',
  summary:
    'burn this image: a path on the host itself (copy it there first with scp), unpacked, and for exactly its board (PSID)',
};
const count = {
  form: '--vfs <n>',
  summary: 'exactly this NUM_OF_VFS; default: at least the pool of the file, lowered only for a LAG',
};
const reset = {
  form: '--reset',
  summary: 'reset the card at the end if nothing uses it; without, it takes effect at the next start',
};

/** What a host has, why something does not work, and what its card's firmware says. */
export const discoveryVerbs: readonly Verb[] = [
  {
    name: 'init',
    summary: 'Write a first file for hosts, from the cards that are found there',
    arguments: [
      {
        form: '[host...]',
        summary:
          'the address of a host (root@alpha, local, sim:connectx5), or NAME=ADDRESS; default: this machine',
      },
    ],
    options: [
      { form: '-o, --out <file>', summary: 'write to this new file; default: stdout' },
      {
        form: '--datapath <name>',
        summary: 'how the card is to be shared; default: a way that is possible there',
        choices: ['legacy-vlan', 'ovs-tc', 'ovs-dpdk'],
      },
    ],
    example: 'vflane init alpha=sim:connectx5 beta=sim:connectx5/doca',
    load: () => import('./init.ts'),
  },
  {
    name: 'import',
    summary: 'Write a file that describes hosts as somebody set them up by hand: its plan is empty',
    arguments: [
      {
        form: '[host...]',
        summary:
          'the address of a host (root@alpha, local), NAME=ADDRESS, or a host of the file; name both ends of a tunnel at once',
      },
    ],
    options: [
      { form: '-o, --out <file>', summary: 'write to this new file; default: stdout' },
      {
        form: '--adopt',
        summary:
          'from now on have vflane manage what is there and in the file; nothing on a host changes. Without HOST: use the existing file',
      },
      { form: '-y, --yes', summary: 'do not ask' },
    ],
    example: 'vflane import alpha -o imported.yaml',
    load: () => import('./import.ts'),
  },
  {
    name: 'doctor',
    summary: 'Say why something does not work: what was seen, what it costs, what fixes it',
    arguments: [
      {
        form: '[host]',
        summary: 'only this host; one that is in no file is given by its address: root@alpha, local',
      },
    ],
    options: [
      {
        form: '--symptom <text>',
        summary: 'words that the kernel or a tool printed: possible causes of these come first',
      },
      {
        form: '--bundle <file>',
        summary:
          'write what a bug report needs: everything that the hosts answered, scrubbed, and what the doctor says about it',
      },
    ],
    example: 'vflane doctor --symptom "no such device"',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'watch',
    summary: 'Watch hosts, and say within a second when one no longer is as the file wants it',
    arguments: [],
    options: [
      {
        form: '--every <time>',
        summary: 'look at least this often, even if no change was heard of',
        default: '60s',
      },
      { form: '--for <time>', summary: 'stop after this time; default: on Ctrl-C' },
    ],
    example: 'vflane watch --for 1s',
    load: () => import('./watch.ts'),
  },
  {
    name: 'firmware show',
    summary: 'Which firmware each card has, the settings that matter, and what is waiting for a reset',
    arguments: [
      {
        form: '[host]',
        summary: 'only this host; one that is in no file is given by its address: root@alpha, local',
      },
    ],
    options: [],
    example: 'vflane firmware show',
    load: () => import('./firmware-show.ts'),
  },
  {
    name: 'firmware plan',
    summary: 'Show what would be written to each card: SR-IOV, the number of VFs, an image',
    arguments: [firmwareHost],
    options: [
      image,
      count,
      reset,
      { form: '-o, --out <file>', summary: 'also write the plan, for `vflane apply FILE`' },
    ],
    example: 'vflane firmware plan',
    load: () => import('./firmware-plan.ts'),
  },
  {
    name: 'firmware apply',
    summary: 'Save what the card holds, write what is wanted, and look again; burn only with --yes',
    arguments: [firmwareHost],
    options: [{ form: '--yes', summary: 'do not ask; without it no image is burnt' }, image, count, reset],
    example: 'vflane firmware apply --yes',
    load: () => import('./firmware-apply.ts'),
  },
];
