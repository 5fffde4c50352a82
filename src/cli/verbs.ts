import type { Verb, VerbOption } from './verb.ts';
import { discoveryVerbs } from './verbs-discovery.ts';
import { guestVerbs } from './verbs-guests.ts';
import { labVerbs } from './verbs-lab.ts';
import { measureVerbs } from './verbs-measure.ts';
import { simVerbs } from './verbs-sim.ts';
import { versionText } from './version-text.ts';

/** What every verb takes, before or after it. */
export const globalOptions: readonly VerbOption[] = [
  {
    form: '-f, --file <file>',
    summary: 'the fabric (default: fabric.yaml here, else /etc/vflane/fabric.yaml)',
  },
  { form: '--host <name>', summary: 'only this host; may be given again', repeatable: true },
  { form: '--json', summary: 'one JSON object instead of text', default: false },
  {
    form: '--color <when>',
    summary: 'colour the text',
    choices: ['always', 'auto', 'never'],
    default: 'auto',
  },
];

export const verbGroups: Readonly<Record<string, string>> = {
  vm: 'Manage the VMs that vflane runs',
  export: 'Print what other tools need: a plan as a script, a guest’s settings',
  firmware: 'What is stored in the card itself: its firmware, SR-IOV, the number of VFs',
  sim: 'Use the simulated hosts',
  lab: 'Run real kernels under QEMU',
  test: 'Test that traffic survives a dead port, and that tenants cannot reach each other',
};

const yes: VerbOption = { form: '-y, --yes', summary: 'do not ask' };
const allowDisruption: VerbOption = {
  form: '--allow-disruption',
  summary: 'go on even if a running guest loses its VF',
};

export const verbs: readonly Verb[] = [
  {
    name: 'validate',
    summary: 'Check the file, and report everything that is wrong with it',
    arguments: [],
    options: [],
    example: 'vflane validate -f fabric.yaml',
    load: () => import('./validate.ts'),
  },
  {
    name: 'plan',
    summary: 'Show what would be done on each host, down to the exact commands',
    arguments: [],
    options: [
      { form: '-o, --out <file>', summary: 'also write the plan, for `vflane apply FILE`' },
      { form: '--full', summary: 'show every command, however many' },
      allowDisruption,
    ],
    example: 'vflane plan',
    load: () => import('./plan.ts'),
  },
  {
    name: 'apply',
    summary: 'Show the plan, ask, and carry it out: verified, or rolled back',
    arguments: [{ form: '[plan]', summary: 'a plan that `vflane plan -o` wrote' }],
    options: [
      yes,
      {
        form: '--confirm-within <time>',
        summary: 'roll back unless `vflane confirm` comes within this time (60s, 5m)',
      },
      { form: '--full', summary: 'show every command, however many' },
      allowDisruption,
    ],
    example: 'vflane apply --yes',
    load: () => import('./apply.ts'),
  },
  {
    name: 'confirm',
    summary: 'Keep an applied plan that is waiting to be confirmed',
    arguments: [],
    options: [],
    example: 'vflane confirm',
    load: () => import('./confirm.ts'),
  },
  {
    name: 'rollback',
    summary: 'Roll an interrupted or unconfirmed plan back',
    arguments: [],
    options: [],
    example: 'vflane rollback',
    load: () => import('./rollback.ts'),
  },
  {
    name: 'resume',
    summary: 'Continue an interrupted plan',
    arguments: [],
    options: [],
    example: 'vflane resume',
    load: () => import('./resume.ts'),
  },
  {
    name: 'undo',
    summary: 'Undo the last applied plan',
    arguments: [],
    options: [yes, allowDisruption],
    example: 'vflane undo --yes',
    load: () => import('./undo.ts'),
  },
  {
    name: 'history',
    summary: 'What vflane has done on each host',
    arguments: [],
    options: [],
    example: 'vflane history',
    load: () => import('./history.ts'),
  },
  {
    name: 'destroy',
    summary: 'Remove everything that vflane made, and leave each host as it was found',
    arguments: [],
    options: [yes, allowDisruption],
    example: 'vflane destroy --yes',
    load: () => import('./destroy.ts'),
  },
  {
    name: 'verify',
    summary: 'Look at every host, and say where it differs from the file',
    arguments: [],
    options: [],
    example: 'vflane verify',
    load: () => import('./verify.ts'),
  },
  {
    name: 'status',
    summary: 'What vflane holds on each host, and what is waiting for you',
    arguments: [],
    options: [],
    example: 'vflane status',
    load: () => import('./status.ts'),
  },
  {
    name: 'show',
    summary: 'Show what each host has now: card, ports, LAG, pool, Open vSwitch, and who has which VF',
    arguments: [
      {
        form: '[host]',
        summary: 'only this host; one that is in no file is given by its address: root@alpha, local',
      },
    ],
    options: [
      {
        form: '--record <file>',
        summary: 'keep everything that the host answered, for replay as a test',
      },
      { form: '--scrub', summary: 'remove addresses, serial numbers and names of hosts and users from it' },
      { form: '--full', summary: 'every VF, however many' },
    ],
    example: 'vflane show',
    load: () => import('./show.ts'),
  },
  ...discoveryVerbs,
  ...guestVerbs,
  ...measureVerbs,
  {
    name: 'export script',
    summary: 'Print the plan of one host as a commented shell script',
    arguments: [],
    options: [],
    example: 'vflane export script --host alpha',
    load: () => import('./export-script.ts'),
  },
  {
    name: 'export guest',
    summary: 'Print what to do inside a guest, or what its VM manager needs',
    arguments: [{ form: '<guest>', summary: 'a guest of the file' }],
    options: [
      {
        form: '--format <format>',
        summary: 'print only this, ready for use',
        choices: ['cloud-init', 'networkd', 'commands', 'libvirt', 'proxmox', 'incus', 'qemu'],
      },
    ],
    example: 'vflane export guest ceph1',
    load: () => import('./export-guest.ts'),
  },
  ...simVerbs,
  ...labVerbs,
  {
    name: 'agent',
    summary: 'Serve vflane on a host; vflane starts it itself',
    arguments: [],
    options: [
      { form: '--stdio', summary: 'serve this host on standard input and output' },
      { form: '--boot', summary: 'bring this host to the state that was last asked of it' },
      { form: '--take-back <plan>', summary: 'roll this plan back if its time has run out' },
    ],
    example: 'vflane agent --stdio < /dev/null',
    hidden: true,
    load: () => import('./agent.ts'),
  },
  {
    name: 'held',
    summary: 'Show what vflane manages on this machine, before the package is removed',
    arguments: [],
    options: [],
    example: 'vflane held',
    hidden: true,
    load: () => import('./held.ts'),
  },
  {
    name: 'explain',
    summary: 'Explain a finding, or list them all',
    arguments: [{ form: '[code]', summary: 'a code, such as VF1003' }],
    options: [],
    example: 'vflane explain VF1003',
    load: () => import('./explain.ts'),
  },
  {
    name: 'schema',
    summary: 'Print the JSON Schema of the file, for editors',
    arguments: [],
    options: [],
    example: 'vflane schema',
    load: () => import('./schema.ts'),
  },
  {
    name: 'completion',
    summary: 'Print the completion script for a shell',
    arguments: [{ form: '<shell>', summary: 'the shell', choices: ['bash', 'zsh', 'fish'] }],
    options: [],
    example: 'vflane completion bash',
    load: async () => (await import('./completion.ts')).completionOf(verbs, globalOptions),
  },
  {
    name: 'manual',
    summary: 'Print a manual page in roff, or the names of all pages; with --out, write them into a folder',
    arguments: [{ form: '[page]', summary: 'such as vflane-plan.1' }],
    options: [{ form: '--out <folder>', summary: 'write the page, or all pages, as files' }],
    example: 'vflane manual vflane.1',
    hidden: true,
    load: async () =>
      (await import('./manual.ts')).manualOf({ verbs, everywhere: globalOptions, version: versionText }),
  },
  {
    name: 'version',
    summary: 'Print the version',
    arguments: [],
    options: [],
    example: 'vflane version',
    load: () => import('./version.ts'),
  },
];
