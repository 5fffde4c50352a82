import { posix } from 'node:path';
import type { Reply } from '../commands/program.ts';
import type { SimState } from '../state.ts';
import { execFailed } from './execute.ts';
import { note } from './journal.ts';
import { foreignEnded } from './manager.ts';
import type { Foreign } from './state.ts';

/** How a program ended, and its output, which goes to the journal. */
export interface ProgramEnd {
  readonly code: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/**
 * Players of programs that the simulated host itself does not know, by their path in units (`/usr/bin/node`). They get the
 * whole argv and the host they run on, which may die under them (KilledByFault).
 */
export interface Programs<Machine> {
  readonly [path: string]: ((argv: readonly string[], host: Machine) => Promise<ProgramEnd>) | undefined;
}

interface Playable<Machine> {
  /** The same machine, for a separate program. */
  reopened(): Machine;
  alter<Value>(work: (state: SimState) => Value): Value;
}

export function programAt<Machine>(programs: Programs<Machine>, path: string): Programs<Machine>[string] {
  if (Object.hasOwn(programs, path)) return programs[path];
  const name = posix.basename(path);
  return path === name && Object.hasOwn(programs, `/usr/bin/${name}`)
    ? programs[`/usr/bin/${name}`]
    : undefined;
}

type End = { readonly kind: 'exited' | 'killed'; readonly status: number };

/** Plays one program to its end. A fault that kills the tool has killed the program. */
export async function play<Machine extends Playable<Machine>>(
  programs: Programs<Machine>,
  host: Machine,
  foreign: Foreign,
): Promise<void> {
  const end = await endOf(programs, host, foreign);
  host.reopened().alter((state) => foreignEnded(state, foreign.id, end));
}

async function endOf<Machine extends Playable<Machine>>(
  programs: Programs<Machine>,
  host: Machine,
  foreign: Foreign,
): Promise<End> {
  if (foreign.argv.length === 0) return { kind: 'killed', status: 9 };
  const program = programAt(programs, foreign.argv[0] ?? '');
  if (!program) return { kind: 'exited', status: execFailed };
  try {
    const { code, stdout = '', stderr = '' } = await program(foreign.argv, host.reopened());
    host.reopened().alter((state) => say(state, foreign, stdout + stderr));
    return { kind: 'exited', status: code };
  } catch (error) {
    if (error instanceof Error && error.name === 'KilledByFault') return { kind: 'killed', status: 9 };
    throw error;
  }
}

function say(state: SimState, { unit, argv }: Foreign, text: string): void {
  note(state, unit, text, { by: posix.basename(argv[0] ?? ''), pid: state.nextPid });
}

export type Waits = NonNullable<Reply['waitsFor']>;

/** A command waits for unfinished jobs. */
export class Waiting extends Error {
  override readonly name = 'Waiting';
  readonly waits: Waits;

  constructor(waits: Waits) {
    super('a command waits for jobs of systemd');
    this.waits = waits;
  }
}
