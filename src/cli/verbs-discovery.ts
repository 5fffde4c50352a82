import type { Verb } from './verb.ts';

/** What a host has, why something does not work, and what its card's firmware says. */
export const discoveryVerbs: readonly Verb[] = [
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
];
