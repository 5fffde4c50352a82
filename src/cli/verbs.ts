import type { VerbHandler } from './context.ts';

/** A verb as help, completion and the manual know it. */
export interface Verb {
  /** `validate`, or `sim exec` for a verb of a group. */
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly VerbArgument[];
  readonly options: readonly VerbOption[];
  /** A command line that works beside a fabric file; a test runs it. */
  readonly example: string;
  readonly hidden?: boolean;
  /** Its code is loaded only when it is asked for. */
  readonly load: () => Promise<{ readonly run: VerbHandler }>;
}

export interface VerbArgument {
  /** `<code>` must be given, `[code]` may be, `<argv...>` is one or more. */
  readonly form: string;
  readonly summary: string;
  readonly choices?: readonly string[];
}

export interface VerbOption {
  /** `-o, --out <file>`. */
  readonly form: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  readonly default?: string | boolean;
  /** May be given again; the verb is given a list, empty unless given. */
  readonly repeatable?: boolean;
}

/** What every verb takes, before it or behind it. */
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
  export: 'Print what others need: a script of the plan, the settings of a guest',
  sim: 'Talk to the simulated hosts',
  lab: 'Real kernels in QEMU',
};

export const verbs: readonly Verb[] = [
  {
    name: 'validate',
    summary: 'Check the file, and say everything that is wrong with it',
    arguments: [],
    options: [],
    example: 'vflane validate -f fabric.yaml',
    load: () => import('./validate.ts'),
  },
  {
    name: 'explain',
    summary: 'Explain a finding by its code; without one, list all of them',
    arguments: [{ form: '[code]', summary: 'such as VF1003' }],
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
    summary: 'Print the completion script of a shell',
    arguments: [{ form: '<shell>', summary: 'the shell', choices: ['bash', 'zsh', 'fish'] }],
    options: [],
    example: 'vflane completion bash',
    load: () => import('./completion.ts'),
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
