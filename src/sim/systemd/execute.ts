import { posix } from 'node:path';
import type { Call, Reply } from '../commands/program.ts';
import { Blocked } from '../errno.ts';
import { MissingProgram } from '../missing.ts';
import type { SimState } from '../state.ts';
import { type Command, commandsOf } from './command-line.ts';
import { note } from './journal.ts';
import type { CommandList, Unit } from './state.ts';
import { contextOf, environmentOf, linesOf } from './unit.ts';

/** How a command of a unit ended, or the process that goes on. */
export type Executed =
  | { readonly kind: 'exited'; readonly status: number; readonly leaves?: number }
  | { readonly kind: 'killed'; readonly status: number }
  | { readonly kind: 'goes-on'; readonly pid: number }
  | { readonly kind: 'foreign'; readonly id: number };

type Start = (state: SimState, argv: readonly string[], env: Call['env']) => Reply;

/** Programs start units and units start programs: set once the programs are defined, to break the import cycle. */
let start: Start = () => {
  throw new MissingProgram('');
};

export function setStarter(starter: Start): void {
  start = starter;
}

export function commandsIn(state: SimState, unit: Unit, list: CommandList): readonly Command[] {
  const pid = unit.mainPid === 0 ? {} : { MAINPID: String(unit.mainPid) };
  const context = contextOf(state, unit, { ...environmentOf(state, unit), ...pid });
  // systemd skips a line that it cannot parse, with a warning.
  return linesOf(state, unit, 'Service', list).flatMap((line) => commandsOf(line, context) ?? []);
}

/** The exit code of a program that could not be executed (systemd.exec(5)). */
export const execFailed = 203;

export function execute(state: SimState, unit: Unit, command: Command): Executed {
  const [program = ''] = command.argv;
  try {
    const env = { ...environmentOf(state, unit), MAINPID: unit.mainPid === 0 ? '' : String(unit.mainPid) };
    const reply = start(state, command.argv, env);
    const by = posix.basename(program);
    note(state, unit.name, reply.stdout + reply.stderr, { by, pid: reply.goesOn ?? state.nextPid });
    if (reply.goesOn !== undefined) return { kind: 'goes-on', pid: reply.goesOn };
    const left = reply.leaves === undefined ? {} : { leaves: reply.leaves };
    return { kind: 'exited', status: reply.code, ...left };
  } catch (error) {
    if (error instanceof Blocked) return { kind: 'killed', status: 15 };
    if (!(error instanceof MissingProgram)) throw error;
    return foreign(state, unit, command);
  }
}

/** Whoever opened the host may have a player for the program. */
function foreign(state: SimState, unit: Unit, command: Command): Executed {
  const { systemd } = state;
  const id = systemd.nextForeign++;
  const env = environmentOf(state, unit);
  systemd.foreign.push({ id, unit: unit.name, argv: [...command.argv], env: { ...env }, takenBy: 0 });
  return { kind: 'foreign', id };
}

/** Logs systemd's message about a missing program. */
export function sayMissing(state: SimState, unit: string, program: string): void {
  const why = 'No such file or directory';
  note(state, unit, `${unit}: Failed to locate executable ${program}: ${why}`, { priority: 3 });
  const by = `(${posix.basename(program).slice(0, 8)})`;
  note(state, unit, `${unit}: Failed at step EXEC spawning ${program}: ${why}`, { by, priority: 3 });
}
