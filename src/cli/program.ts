import { Argument, Command, CommanderError, Option } from 'commander';
import { finding } from '../model/catalogue.ts';
import type { GlobalOptions, VerbContext } from './context.ts';
import { exitCodes, exitCodeTexts } from './exit-codes.ts';
import { type ColorChoice, makeOutput, type Output, type Sink } from './output.ts';
import { UsageError } from './usage-error.ts';
import type { Verb, VerbArgument, VerbOption } from './verb.ts';
import { globalOptions, verbGroups, verbs } from './verbs.ts';
import { versionText } from './version-text.ts';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/** A command line without the program's own name → the exit code. @throws UsageError and whatever a verb throws */
export async function runProgram(argv: readonly string[], around: Surroundings): Promise<number> {
  let earned: number = exitCodes.asAsked;
  const heard = listening(around);
  const program = makeProgram(heard, (code) => {
    earned = code;
  });
  try {
    await program.parseAsync([...withHelpOfVerbs(argv, heard)], { from: 'user' });
  } catch (error) {
    if (isMisuse(error) && wantsJson(argv) && !heard.hasWritten()) tellMisuse(error, around);
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.asAsked : exitCodes.usage;
  }
  return earned;
}

/**
 * `help vm start` is `vm start --help`, of which commander knows one word. Help of a word that is no verb would be that of
 * what stands before it, and exit 0: without the flag commander names the misspelling.
 */
function withHelpOfVerbs(argv: readonly string[], around: Surroundings): readonly string[] {
  const line = argv[0] === 'help' && argv.length > 1 ? [...beforeDashes(argv.slice(1)), '--help'] : argv;
  const asksHelp = beforeDashes(line).some(isHelpFlag);
  return asksHelp && isMisspelt(operandsOf(line, around)) ? line.filter((word) => !isHelpFlag(word)) : line;
}

function beforeDashes(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end);
}

function isHelpFlag(word: string): boolean {
  return word === '--help' || word === '-h';
}

function operandsOf(argv: readonly string[], around: Surroundings): readonly string[] {
  const reader = prepared(new Command('vflane'), around);
  for (const option of globalOptions) reader.addOption(optionOf(option));
  return reader.parseOptions([...argv]).operands;
}

/** Whether the first word that is no verb stands where one must. */
function isMisspelt(words: readonly string[]): boolean {
  const isKnown = (some: string) => verbs.some(({ name }) => `${name} `.startsWith(`${some} `));
  const before = words.findIndex((_, place) => !isKnown(words.slice(0, place + 1).join(' ')));
  const said = words.slice(0, before).join(' ');
  return before >= 0 && !verbs.some(({ name }) => name === said);
}

/** The same surroundings, and whether a result was begun: with a second object after it, the output would not be JSON. */
function listening(around: Surroundings): Surroundings & { hasWritten(): boolean } {
  let written = false;
  const { stdout } = around;
  const write = (text: string) => {
    written = true;
    return stdout.write(text);
  };
  const heard: Sink = {
    write,
    ...(stdout.isTTY === undefined ? {} : { isTTY: stdout.isTTY }),
    ...(stdout.columns === undefined ? {} : { columns: stdout.columns }),
  };
  return { ...around, stdout: heard, hasWritten: () => written };
}

function isMisuse(error: unknown): error is Error {
  return error instanceof UsageError || (error instanceof CommanderError && error.exitCode !== 0);
}

/** Commander may have stopped before it reached the option. */
function wantsJson(argv: readonly string[]): boolean {
  return beforeDashes(argv).includes('--json');
}

function tellMisuse(error: Error, { stdout }: Surroundings): void {
  const hint =
    error instanceof UsageError ? error.hint : (hintOf(error.message) ?? 'Add --help for what is allowed.');
  const findings = [finding('VF9001', {}, error.message.replace(/^error: /, ''), hint)];
  stdout.write(`${JSON.stringify({ schema: 'vflane.usage/1', findings }, null, 2)}\n`);
}

/** Most verbs take no argument; somebody who adds one means the file or a host. */
function hintOf(message: string): string | undefined {
  return message.includes('too many arguments')
    ? 'The file goes by -f FILE, a host by --host NAME.'
    : undefined;
}

function makeProgram(around: Surroundings, earn: (code: number) => void): Command {
  const program = prepared(new Command('vflane'), around)
    .description('Share one fast dual-port NIC among many VMs: planned, applied, verified, undone.')
    .version(versionText, '-V, --version', 'print the version')
    .helpCommand('help [verb]', 'print the help of a verb')
    .addHelpText('after', `\n${exitText()}`);
  for (const option of globalOptions) program.addOption(optionOf(option));
  for (const verb of verbs) addVerb(program, verb, around, earn);
  return program;
}

function prepared(command: Command, { stdout, stderr }: Surroundings): Command {
  return command
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => {
        const hint = hintOf(text);
        write(`${text.replace(/^error: /, 'vflane: ')}${hint === undefined ? '' : `    hint: ${hint}\n`}`);
      },
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    })
    .showHelpAfterError('(add --help for what is allowed)');
}

function optionOf({ form, summary, choices, default: usual, repeatable }: VerbOption): Option {
  const option = new Option(form, summary);
  if (choices) option.choices([...choices]);
  if (usual !== undefined) option.default(usual, typeof usual === 'boolean' ? '' : undefined);
  if (!repeatable) return option;
  const collect = (word: string, words: readonly string[]) => [...words, word];
  return option.argParser(collect).default([], 'all');
}

function addVerb(program: Command, verb: Verb, around: Surroundings, earn: (code: number) => void): void {
  const words = verb.name.split(' ');
  const parent = words.length > 1 ? groupOf(program, words[0] ?? '', around) : program;
  const command = prepared(new Command(words.at(-1)), around).description(verb.summary);
  for (const argument of verb.arguments) command.addArgument(argumentOf(argument));
  for (const option of verb.options) command.addOption(optionOf(option));
  command.addHelpText('after', `\nExample:\n  ${verb.example}`);
  command.action(async () => {
    const { run } = await verb.load();
    earn(await run(contextOf(program, around), command.args, command.opts()));
  });
  parent.addCommand(command, { hidden: verb.hidden === true });
}

function groupOf(program: Command, name: string, around: Surroundings): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known) return known;
  const group = prepared(new Command(name), around).description(verbGroups[name] ?? '');
  program.addCommand(group);
  return group;
}

function argumentOf({ form, summary, choices }: VerbArgument): Argument {
  const argument = new Argument(form, summary);
  return choices ? argument.choices([...choices]) : argument;
}

function contextOf(program: Command, { env, cwd, stdout, stderr }: Surroundings): VerbContext {
  const given = program.opts<{ file?: string; host: string[]; json: boolean; color: ColorChoice }>();
  const global: GlobalOptions = given;
  const output: Output = makeOutput(stdout, stderr, { json: given.json, color: given.color, env });
  return { env, cwd, output, global };
}

function exitText(): string {
  const lines = exitCodeTexts.map(([code, text]) => `  ${String(code).padStart(2)}  ${text}`);
  return ['Exit codes:', ...lines].join('\n');
}
