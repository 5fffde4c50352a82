import type { Verb } from './verb.ts';

const firmwareHost = {
  form: '[host]',
  summary: 'only this host',
};
const image = {
  form: '--image <file>',
  summary:
    'burn this image: a path on the host itself (copy it there first: scp), unpacked, and for its very board (PSID)',
};
const count = {
  form: '--vfs <n>',
  summary: 'NUM_OF_VFS, exactly; default: at least the pool of the file, never lowered but for a LAG',
};
const reset = {
  form: '--reset',
  summary: 'reset the card at the end, if nothing uses it; else it counts from the next start on',
};

/** What a host has, why something does not work, and what its card's firmware says. */
export const discoveryVerbs: readonly Verb[] = [
  {
    name: 'init',
    summary: 'Write a first file for hosts, of the cards that are found there',
    arguments: [
      {
        form: '[host...]',
        summary: 'the way to a host (root@alpha, local, sim:connectx5), or NAME=WAY; default: this machine',
      },
    ],
    options: [
      { form: '-o, --out <file>', summary: 'write it into this new file; default: to stdout' },
      {
        form: '--datapath <name>',
        summary: 'the way the card is to be shared; default: one that is possible there',
        choices: ['legacy-vlan', 'ovs-tc', 'ovs-dpdk'],
      },
    ],
    example: 'vflane init alpha=sim:connectx5 beta=sim:connectx5/doca',
    load: () => import('./init.ts'),
  },
  {
    name: 'import',
    summary: 'Write a file of what hosts are that somebody set up by hand: its plan is empty',
    arguments: [
      {
        form: '[host...]',
        summary:
          'the way to a host (root@alpha, local), NAME=WAY, or a host of the file; both ends of a tunnel at once',
      },
    ],
    options: [
      { form: '-o, --out <file>', summary: 'write it into this new file; default: to stdout' },
      {
        form: '--adopt',
        summary:
          'have vflane answer for what is there as the file says it, from now on; nothing is run on a host. Without HOST: by the file that is there',
      },
      { form: '-y, --yes', summary: 'do not ask' },
    ],
    example: 'vflane import alpha -o imported.yaml',
    load: () => import('./import.ts'),
  },
  {
    name: 'doctor',
    summary: 'Say why something does not work: what was seen, what it costs, what mends it',
    arguments: [
      {
        form: '[host]',
        summary: 'only this host; one that is in no file by the way to it: root@alpha, local',
      },
    ],
    options: [
      {
        form: '--symptom <text>',
        summary: 'words that the kernel or a tool printed: what they may come from, first',
      },
      {
        form: '--bundle <file>',
        summary:
          'keep what a bug report needs: all that the hosts answered, scrubbed, and what the doctor says of it',
      },
    ],
    example: 'vflane doctor --symptom "no such device"',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'watch',
    summary: 'Hold hosts to the file: say within a second of a change where one is not as wanted any more',
    arguments: [],
    options: [
      { form: '--every <time>', summary: 'look at least so often, whatever was heard', default: '60s' },
      { form: '--for <time>', summary: 'stop after this time; default: at Ctrl-C' },
    ],
    example: 'vflane watch --for 1s',
    load: () => import('./watch.ts'),
  },
  {
    name: 'firmware show',
    summary: 'What the firmware of each card is, which settings matter, and what waits for a reset',
    arguments: [
      {
        form: '[host]',
        summary: 'only this host; one that is in no file by the way to it: root@alpha, local',
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
    summary: 'Keep what the card holds, write what is wanted, and look again; burn only with --yes',
    arguments: [firmwareHost],
    options: [{ form: '--yes', summary: 'do not ask; an image is burnt only with it' }, image, count, reset],
    example: 'vflane firmware apply --yes',
    load: () => import('./firmware-apply.ts'),
  },
];
