import { Argument, Command, CommanderError, Option } from 'commander';
import type { GlobalOptions, VerbContext } from './context.ts';
import { exitCodes, exitCodeTexts } from './exit-codes.ts';
import { type ColorChoice, makeOutput, type Output, type Sink } from './output.ts';
import { type Verb, type VerbArgument, verbGroups, verbs } from './verbs.ts';
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
  const program = makeProgram(around, (code) => {
    earned = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.asAsked : exitCodes.usage;
  }
  return earned;
}

function makeProgram(around: Surroundings, earn: (code: number) => void): Command {
  const program = prepared(new Command('vflane'), around)
    .description('Share one fast dual-port NIC among many VMs: planned, applied, verified, undone.')
    .version(versionText, '-V, --version', 'print the version')
    .helpCommand('help [verb]', 'print the help of a verb')
    .addHelpText('after', `\n${exitText()}`);
  addGlobalOptions(program);
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
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    })
    .showHelpAfterError('(add --help for what is allowed)');
}

function addGlobalOptions(program: Command): void {
  const collect = (name: string, names: readonly string[]) => [...names, name];
  program
    .option('-f, --file <file>', 'the fabric (default: fabric.yaml here, else /etc/vflane/fabric.yaml)')
    .addOption(
      new Option('--host <name>', 'only this host; may be given again').argParser(collect).default([], 'all'),
    )
    .option('--json', 'one JSON object instead of text', false)
    .addOption(
      new Option('--color <when>', 'colour the text').choices(['always', 'auto', 'never']).default('auto'),
    );
}

function addVerb(program: Command, verb: Verb, around: Surroundings, earn: (code: number) => void): void {
  const words = verb.name.split(' ');
  const parent = words.length > 1 ? groupOf(program, words[0] ?? '', around) : program;
  const command = prepared(new Command(words.at(-1)), around).description(verb.summary);
  for (const argument of verb.arguments) command.addArgument(argumentOf(argument));
  for (const option of verb.options) command.option(option.form, option.summary);
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
