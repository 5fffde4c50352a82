import { advance } from '../clock.ts';
import { failed, type Program, type Reply } from '../commands/program.ts';
import { own } from '../commands/words.ts';
import { Blocked } from '../errno.ts';
import { MissingProgram } from '../missing.ts';
import { isInstalled } from '../packages.ts';
import type { SimState } from '../state.ts';
import { bridgesOf } from './bridge-rows.ts';
import { named, numberOf, put, rootRow, text } from './database.ts';
import { refuse } from './parse-datum.ts';
import { Transaction, warning } from './transaction.ts';
import { ovsVersion } from './version.ts';
import { bridgeCommands } from './vsctl-bridges.ts';
import type { VsctlCall, VsctlCommand, VsctlCommands } from './vsctl-command.ts';
import { holds } from './vsctl-conditions.ts';
import { tableNamed } from './vsctl-names.ts';
import { globalOptions, type Options } from './vsctl-options.ts';
import { portCommands } from './vsctl-ports.ts';
import { rowCommands } from './vsctl-rows.ts';
import { showCommand } from './vsctl-show.ts';
import { reconfigure } from './vswitchd.ts';

const commands: VsctlCommands = { ...bridgeCommands, ...portCommands, ...rowCommands, ...showCommand };

/** `ovs-vsctl`: all its commands are one transaction. */
export const ovsVsctl: Program = ({ state, argv }) => {
  if (!isInstalled(state, 'openvswitch-switch')) throw new MissingProgram('ovs-vsctl');
  if (/^(--version|-V)$/.test(argv[1] ?? '')) {
    const { release, schema } = ovsVersion(state);
    return { stdout: `ovs-vsctl (Open vSwitch) ${release}\nDB Schema ${schema}\n`, stderr: '', code: 0 };
  }
  const options = globalOptions(argv.slice(1));
  const parsed = options.commands.map(parseCommand);
  if (state.uid !== 0) return noDatabase('Permission denied');
  if (!state.ovs.serves) return noDatabase('No such file or directory');
  return runAll(state, options, parsed);
};

function noDatabase(why: string): Reply {
  const socket = 'unix:/var/run/openvswitch/db.sock';
  return failed(1, `ovs-vsctl: ${socket}: database connection failed (${why})\n`);
}

type Parsed = Pick<VsctlCall, 'words' | 'options'> & { readonly command: VsctlCommand };

/** ctl_parse_command: options come before the name. */
function parseCommand(all: readonly string[]): Parsed {
  const start = all.findIndex((word) => !word.startsWith('-'));
  const words = start < 0 ? [] : all.slice(start);
  const [name] = words;
  if (name === undefined) throw refuse('missing command name (use --help for help)');
  const command = own(commands, name);
  if (!command) throw refuse(`unknown command '${name}'; use --help for help`);
  const options = new Map(
    all
      .slice(0, start)
      .map((word) => word.split(/=(.*)/s))
      .map(([key = '', value = '']) => [key, value]),
  );
  for (const option of options.keys())
    if (!command.options?.includes(option)) throw refuse(`'${name}' command has no '${option}' option`);
  refuseCount(words, command);
  return { command, words, options };
}

function refuseCount(words: readonly string[], command: VsctlCommand): void {
  const count = words.length - 1;
  const [name] = words;
  if (count < command.min) throw refuse(`'${name}' command requires at least ${command.min} arguments`);
  if (count <= command.max) return;
  const note = words.slice(1).some((word) => word.startsWith('-'))
    ? ' (note that options must precede command names and follow a "--" argument)'
    : '';
  throw refuse(`'${name}' command takes at most ${command.max} arguments${note}`);
}

function runAll(state: SimState, options: Options, parsed: readonly Parsed[]): Reply {
  const tx = new Transaction(state);
  const outputs: string[] = [];
  for (const { command, words, options: own } of parsed) {
    const call = { tx, words, options: own, style: options.style };
    if (words[0] === 'br-exists' && !bridgesOf(tx).some((row) => text(row, 'name') === words[1]))
      return failed(2, '');
    if (words[0] === 'wait-until' && !isReached(call)) return waitInVain(state, options);
    outputs.push(command.act(call));
  }
  const root = rootRow(tx.rows);
  const changed = !options.dryRun && tx.commit();
  const stdout = outputs.map((output) => (options.oneline ? oneLine(output) : output)).join('');
  const stderr = tx.warnings.join('');
  if (!changed) return { stdout, stderr, code: 0 };
  if (!options.wait) {
    if (state.ovs.daemon) reconfigure(state);
    return { stdout, stderr, code: 0 };
  }
  put(root, 'next_cfg', [[(numberOf(root, 'next_cfg') ?? 0) + 1]]);
  if (!state.ovs.daemon) return waitInVain(state, options);
  reconfigure(state);
  // The daemon died from it: nothing confirms the change.
  if (!state.ovs.daemon) return waitInVain(state, options);
  return { stdout, stderr: stderr + setupErrors(tx), code: 0 };
}

function oneLine(output: string): string {
  return `${output.replace(/\n$/, '').replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
}

function isReached(call: VsctlCall): boolean {
  const [, table = '', name = '', ...conditions] = call.words;
  const row = name === '.' ? rootRow(call.tx.rows) : named(call.tx.rows, tableNamed(table), name);
  return row !== undefined && conditions.every((condition) => holds(call.tx, row, condition));
}

/** Nothing answers: it waits forever, or until SIGALRM if there is a timeout. */
function waitInVain(state: SimState, options: Options): Reply {
  if (options.timeoutSeconds === undefined) throw new Blocked();
  advance(state, options.timeoutSeconds * 1000);
  const line = warning(state, 'fatal_signal', 'terminating with signal 14 (Alarm clock)');
  return failed(142, line);
}

/** Errors printed with exit code 0 (ovs-vsctl.c, post_db_reload_check; facts §7.5). */
function setupErrors(tx: Transaction): string {
  const rows = tx.fresh.flatMap((name) => named(tx.state.ovs.rows, 'Interface', name) ?? []);
  const bad = rows.filter((row) => (numberOf(row, 'ofport') ?? -1) < 0);
  if (bad.length === 0) return '';
  const said = bad.map((row) => {
    const why = text(row, 'error');
    const what = `Error detected while setting up '${text(row, 'name')}'${why ? `: ${why}` : ''}`;
    return `ovs-vsctl: ${what}.  See ovs-vswitchd log for details.\n`;
  });
  return `${said.join('')}ovs-vsctl: The default log directory is "/var/log/openvswitch".\n`;
}
