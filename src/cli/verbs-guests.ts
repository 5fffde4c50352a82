import type { Verb, VerbOption } from './verb.ts';
import { vmVerbs } from './verbs-vm.ts';

const yes: VerbOption = { form: '-y, --yes', summary: 'do not ask' };
const full: VerbOption = { form: '--full', summary: 'show every command, however many' };

/** Guests that are VMs, and what a host needs so that they come back with it. */
export const guestVerbs: readonly Verb[] = [
  ...vmVerbs,
  {
    name: 'enable',
    summary: 'Bring each host to the file, and have it restore that at every start, before its guests',
    arguments: [],
    options: [
      yes,
      {
        form: '--confirm-within <time>',
        summary: 'roll back unless `vflane confirm` comes within this time (60s, 5m)',
      },
      full,
      { form: '--allow-disruption', summary: 'go on even if a running guest loses its VF' },
    ],
    example: 'vflane enable --yes',
    load: () => import('./enable.ts'),
  },
  {
    name: 'disable',
    summary: 'Have each host start without vflane again; what is there now stays',
    arguments: [],
    options: [yes, full],
    example: 'vflane disable --yes',
    load: () => import('./disable.ts'),
  },
  {
    name: 'prepare',
    summary: 'Show what a host lacks for its datapath: packages, IOMMU, hugepages, modules, the kernel',
    arguments: [{ form: '[host]', summary: 'only this host' }],
    options: [{ form: '-y, --yes', summary: 'install it; without this it is only shown' }, full],
    example: 'vflane prepare',
    load: () => import('./prepare.ts'),
  },
];
