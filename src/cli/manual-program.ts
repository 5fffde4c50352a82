import type { ManualTable } from './manual-table.ts';
import { exitSection, optionEntry } from './manual-verb.ts';
import { entry, example, roffLiteral, roffProse, section } from './roff.ts';

const paths: readonly (readonly [string, string])[] = [
  ['fabric.yaml', 'The fabric, where no `--file` names another: in the folder where one stands.'],
  ['/etc/vflane/fabric.yaml', 'The fabric, where there is none in that folder.'],
  [
    '/var/lib/vflane/',
    'On each host: the journal of what was done, by which it is undone. It outlives the package.',
  ],
  ['.vflane/', 'Beside the file: simulated hosts and the lab.'],
];

const variables: readonly (readonly [string, string])[] = [
  ['NO_COLOR', 'No colour, whatever the terminal can.'],
  ['VFLANE_STATE_DIR', 'Where the operator’s side keeps its state, instead of `.vflane/` beside the file.'],
  ['VFLANE_VAR_DIR', 'Where this host keeps its journal, instead of `/var/lib/vflane/`.'],
  ['VFLANE_CACHE_DIR', 'Where the lab keeps its image and QEMU, instead of `~/.cache/vflane/`.'],
  ['VFLANE_DEBUG', 'Prints the stack of what went wrong.'],
];

/** vflane(1). */
export const programPage = {
  about: 'share one fast dual-port NIC among many VMs: planned, applied, verified, undone',
  lines: ({ verbs, everywhere }: ManualTable): readonly string[] => [
    ...section('SYNOPSIS', '\\fBvflane\\fR \\fIverb\\fR [\\fIoptions\\fR] [\\fIarguments\\fR]'),
    ...section(
      'DESCRIPTION',
      roffProse(
        'vflane gives the VFs of one dual-port network card to many guests: near line rate, one tenant’s network apart from another’s, and a port or a switch may die without anyone noticing. One file says what is wanted; vflane shows the exact commands, runs them, proves the result and takes it back.',
      ),
      '.PP',
      roffProse('`vflane plan` changes nothing. `vflane apply` shows the plan and asks.'),
    ),
    ...section('VERBS', ...verbs.flatMap(verbEntry)),
    ...section('OPTIONS', ...everywhere.flatMap(optionEntry), ...versionAndHelp()),
    ...section('FILES', ...paths.flatMap(pathEntry)),
    ...section('ENVIRONMENT', ...variables.flatMap(pathEntry)),
    ...exitSection(),
    ...section('EXAMPLE', ...example('vflane validate', 'vflane plan', 'vflane apply', 'vflane verify')),
    ...section(
      'SEE ALSO',
      '.BR fabric.yaml (5),',
      '.BR vflane\\-findings (7),',
      '.BR vflane\\-plan (1),',
      '.BR vflane\\-apply (1)',
    ),
  ],
} as const;

function verbEntry({ name, summary }: ManualTable['verbs'][number]): readonly string[] {
  return entry(
    `\\fBvflane ${roffLiteral(name)}\\fR`,
    roffProse(`${summary}:`),
    `.BR vflane\\-${roffLiteral(name.replaceAll(' ', '-'))} (1).`,
  );
}

function pathEntry([name, text]: readonly [string, string]): readonly string[] {
  return entry(`\\fI${roffLiteral(name)}\\fR`, roffProse(text));
}

function versionAndHelp(): readonly string[] {
  return [
    ...entry('\\fB\\-V, \\-\\-version\\fR', 'Prints the version.'),
    ...entry('\\fB\\-h, \\-\\-help\\fR', 'Prints the help, of a verb behind it.'),
  ];
}
