import type { Verb } from './verb.ts';

/** What can be done to a simulated host from outside. */
export const simVerbs: readonly Verb[] = [
  {
    name: 'sim exec',
    summary: 'Run a command on a simulated host',
    arguments: [
      { form: '<host>', summary: 'a simulated host of the file' },
      { form: '<argv...>', summary: 'the command, after --' },
    ],
    options: [],
    example: 'vflane sim exec alpha -- ip -j link',
    load: async () => ({ run: (await import('./sim-verbs.ts')).exec }),
  },
  {
    name: 'sim log',
    summary: 'Everything that a simulated host was asked to change, in order',
    arguments: [{ form: '<host>', summary: 'a simulated host of the file' }],
    options: [],
    example: 'vflane sim log alpha --json',
    load: async () => ({ run: (await import('./sim-verbs.ts')).log }),
  },
  {
    name: 'sim fail',
    summary: 'Make a command on a simulated host fail: the N-th one from now that changes something',
    arguments: [{ form: '<host>', summary: 'a simulated host of the file' }],
    options: [
      { form: '--at <n>', summary: 'which command, counted from 1' },
      { form: '--after', summary: 'fail after its effect, not before' },
      { form: '--how <how>', summary: 'error, hang, lie, kill, or power: the host loses its power' },
    ],
    example: 'vflane sim fail alpha --at 3 --how error',
    load: async () => ({ run: (await import('./sim-verbs.ts')).fail }),
  },
  {
    name: 'sim unplug',
    summary: 'Pull a cable or the card, kill a switch behind a live link, or halve the lanes of the slot',
    arguments: [
      { form: '<host>', summary: 'a simulated host of the file' },
      { form: '[what]', summary: 'port0 (default), port1, card, switch0, switch1 or lanes' },
    ],
    options: [],
    example: 'vflane sim unplug alpha port0',
    load: async () => ({ run: (await import('./sim-verbs.ts')).unplug }),
  },
  {
    name: 'sim plug',
    summary: 'Undo an unplug',
    arguments: [
      { form: '<host>', summary: 'a simulated host of the file' },
      { form: '[what]', summary: 'port0 (default), port1, card, switch0, switch1 or lanes' },
    ],
    options: [],
    example: 'vflane sim plug alpha port0',
    load: async () => ({ run: (await import('./sim-verbs.ts')).plug }),
  },
  {
    name: 'sim reboot',
    summary: 'Restart a simulated host',
    arguments: [{ form: '<host>', summary: 'a simulated host of the file' }],
    options: [
      { form: '--card-after <time>', summary: 'its card appears this long after the start' },
      {
        form: '--swapped <what>',
        summary: "swap the card's ports: names, ports, or no to swap them back",
      },
    ],
    example: 'vflane sim reboot alpha --card-after 20s',
    load: async () => ({ run: (await import('./sim-verbs.ts')).reboot }),
  },
  {
    name: 'sim reset',
    summary: 'Replace a simulated host by a new one',
    arguments: [{ form: '<host>', summary: 'a simulated host of the file' }],
    options: [],
    example: 'vflane sim reset alpha',
    load: async () => ({ run: (await import('./sim-verbs.ts')).reset }),
  },
];
