import type { Verb, VerbArgument } from './verb.ts';

const host: VerbArgument = { form: '<host>', summary: 'alpha, beta, … or as the file names it' };
const ofLab: VerbArgument = { form: '<switch>', summary: 'which switch', choices: ['A', 'B'] };

/** Port 0 of every host is plugged into switch A, port 1 into switch B, and A and B are joined. */
export const labVerbs: readonly Verb[] = [
  {
    name: 'lab up',
    summary: 'Boot real Debian 13 hosts with an SR-IOV card under QEMU, on two switches',
    arguments: [{ form: '[file]', summary: 'a fabric file, for its hosts with connect: lab:NAME' }],
    options: [
      { form: '--hosts <n>', summary: 'how many hosts (default 2: alpha and beta)' },
      {
        form: '--memory <amount>',
        summary: 'memory of each host (default 1G; ovs-dpdk needs 2G, with jumbo frames 5G)',
      },
      {
        form: '--cpus <n>',
        summary: 'processors of each host (default 1 if they are emulated, 2 with KVM)',
      },
      { form: '--within <time>', summary: 'how long a host may take to answer (default 4m)' },
    ],
    example: 'vflane lab up --hosts 1',
    load: async () => ({ run: (await import('./lab-verbs.ts')).up }),
  },
  {
    name: 'lab down',
    summary: 'Stop the lab, or a `lab up` in progress; may be repeated',
    arguments: [],
    options: [{ form: '--purge', summary: 'also remove its folder' }],
    example: 'vflane lab down',
    load: async () => ({ run: (await import('./lab-verbs.ts')).down }),
  },
  {
    name: 'lab status',
    summary: 'The state of the lab: hosts, cables, switches',
    arguments: [],
    options: [],
    example: 'vflane lab status',
    load: async () => ({ run: (await import('./lab-verbs.ts')).status }),
  },
  {
    name: 'lab ssh',
    summary: 'Open a shell on a host of the lab, or run one command',
    arguments: [host, { form: '[command...]', summary: 'a command to run instead of a shell' }],
    options: [],
    example: 'vflane lab ssh alpha -- uname -r',
    load: async () => ({ run: (await import('./lab-host-verbs.ts')).ssh }),
  },
  {
    name: 'lab cable',
    summary: 'Pull a cable of a host, or plug it back in',
    arguments: [
      host,
      { form: '<port>', summary: 'port of its card', choices: ['0', '1'] },
      { form: '<what>', summary: 'what to do', choices: ['cut', 'join'] },
    ],
    options: [],
    example: 'vflane lab cable alpha 0 cut',
    load: async () => ({ run: (await import('./lab-host-verbs.ts')).cable }),
  },
  {
    name: 'lab switch',
    summary: 'Kill a switch behind a live carrier, or bring it back',
    arguments: [ofLab, { form: '<what>', summary: 'what to do', choices: ['dead', 'alive'] }],
    options: [],
    example: 'vflane lab switch A dead',
    load: async () => ({ run: (await import('./lab-switch-verbs.ts')).change }),
  },
  {
    name: 'lab capture',
    summary: 'What arrives at a switch: as text, or in a file for tcpdump and Wireshark',
    arguments: [ofLab],
    options: [
      { form: '-w, --write <file>', summary: 'write to this capture file (pcap)' },
      { form: '--for <time>', summary: 'for at most this long (default 10s)' },
      { form: '-c, --count <n>', summary: 'at most this many frames' },
    ],
    example: 'vflane lab capture A -w a.pcap --for 5s',
    load: async () => ({ run: (await import('./lab-switch-verbs.ts')).capture }),
  },
  {
    name: 'lab netdevsim',
    summary: 'Give a host a card with a switchdev mode: control plane only, it carries no packets',
    arguments: [host],
    options: [{ form: '--vfs <n>', summary: 'how many VFs a port may have (default 127)' }],
    example: 'vflane lab netdevsim alpha',
    load: async () => ({ run: (await import('./lab-host-verbs.ts')).netdevsim }),
  },
  {
    name: 'lab reboot',
    summary: 'Reboot a host of the lab in an orderly way, and wait until it answers',
    arguments: [host],
    options: [],
    example: 'vflane lab reboot alpha',
    load: async () => ({ run: (await import('./lab-host-verbs.ts')).reboot }),
  },
  {
    name: 'lab power-cycle',
    summary: 'Cut the power of a host and restore it; also starts a host that died',
    arguments: [host],
    options: [],
    example: 'vflane lab power-cycle alpha',
    load: async () => ({ run: (await import('./lab-host-verbs.ts')).cyclePower }),
  },
  {
    name: 'lab serve-switches',
    summary: 'Run the switches of a lab; vflane starts it itself',
    arguments: [{ form: '<dir>', summary: 'the lab’s folder' }],
    options: [],
    example: 'vflane lab serve-switches .vflane/lab',
    hidden: true,
    load: async () => ({ run: (await import('./lab-switch-verbs.ts')).serve }),
  },
];
