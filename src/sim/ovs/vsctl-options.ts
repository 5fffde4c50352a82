import { refuse } from './parse-datum.ts';
import type { TableStyle } from './vsctl-print.ts';

export interface Options {
  readonly style: TableStyle;
  readonly wait: boolean;
  readonly dryRun: boolean;
  readonly oneline: boolean;
  readonly timeoutSeconds: number | undefined;
  /** The words of each command, beginning with its own options. */
  readonly commands: readonly (readonly string[])[];
}

const short: { readonly [flag: string]: string | undefined } = {
  '-t': '--timeout',
  '-f': '--format',
  '-d': '--data',
};
const flags = [
  '--no-wait',
  '--dry-run',
  '--oneline',
  '--no-headings',
  '--bare',
  '--pretty',
  '--no-syslog',
  '--verbose',
];
const valued = ['--timeout', '--format', '--data', '--db'];
const localFlags = ['--may-exist', '--if-exists', '--with-iface', '--all', '--fake-iface'];
const localValued = ['--columns', '--id'];

/** Options of the program and of its first command come together in front (getopt_long with `+`). */
export function globalOptions(argv: readonly string[]): Options {
  const found = new Map<string, string>();
  const local: string[] = [];
  let at = 0;
  for (let word = argv[at]; word?.startsWith('-'); word = argv[at]) {
    at += 1;
    if (word === '--') break;
    const [given = '', inline] = word.startsWith('--')
      ? word.split(/=(.*)/s)
      : [word.slice(0, 2), word.slice(2) || undefined];
    const name = short[given] ?? given;
    const takesValue = valued.includes(name) || localValued.includes(name);
    if (!takesValue && !flags.includes(name) && !localFlags.includes(name)) throw unknown(given);
    const value = takesValue ? (inline ?? argv[at++]) : '';
    if (value === undefined) throw refuse(`option '${given}' requires an argument`);
    if (localFlags.includes(name)) local.push(name);
    else if (localValued.includes(name)) local.push(`${name}=${value}`);
    else found.set(name, value);
  }
  return { ...interpret(found), commands: split(local, argv.slice(at)) };
}

function unknown(option: string): Error {
  return refuse(
    option.startsWith('--') ? `unrecognized option '${option}'` : `invalid option -- '${option.slice(1)}'`,
  );
}

function interpret(found: ReadonlyMap<string, string>): Omit<Options, 'commands'> {
  const timeout = found.get('--timeout');
  if (timeout !== undefined && !/^[1-9]\d*$/.test(timeout))
    throw refuse(`value ${timeout} on -t or --timeout is invalid`);
  return {
    style: styleOf(found),
    wait: !found.has('--no-wait'),
    dryRun: found.has('--dry-run'),
    oneline: found.has('--oneline'),
    timeoutSeconds: timeout === undefined ? undefined : Number(timeout),
  };
}

function styleOf(found: ReadonlyMap<string, string>): TableStyle {
  const bare = found.has('--bare');
  const format = found.get('--format') ?? 'list';
  if (format !== 'list' && format !== 'table' && format !== 'json' && format !== 'csv')
    throw refuse(`unknown output format "${format}"`);
  const data = found.get('--data') ?? (bare ? 'bare' : 'string');
  if (data !== 'string' && data !== 'bare' && data !== 'json') throw refuse(`unknown data format "${data}"`);
  return { format, data, headings: !bare && !found.has('--no-headings'), pretty: found.has('--pretty') };
}

function split(local: readonly string[], words: readonly string[]): readonly (readonly string[])[] {
  const commands: string[][] = [[...local]];
  for (const word of words) {
    if (word === '--') commands.push([]);
    else commands.at(-1)?.push(word);
  }
  const real = commands.filter((command) => command.length > 0);
  if (real.length === 0) throw refuse('missing command name (use --help for help)');
  return real;
}
