import { HostError } from '../host/host.ts';
import type { Json } from '../model/json.ts';
import type { RebootOptions } from '../sim/boot.ts';
import { reset } from '../sim/create.ts';
import { addFault } from '../sim/faults.ts';
import type { SimHost } from '../sim/sim-host.ts';
import type { Fault } from '../sim/state.ts';
import { asPluggable, plug, unplug } from '../sim/unplug.ts';

/** What a shell would show for one command; 124 after the deadline and 127 for a missing program, as timeout(1) and sh(1) say. */
export interface Shown {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** `sim exec HOST -- ARGV`: one command on the host, as root would type it there. */
export async function simExec(host: SimHost, argv: readonly string[], stdin?: string): Promise<Shown> {
  try {
    const ran = await host.run(argv, stdin === undefined ? {} : { stdin });
    return { ...ran, code: 0 };
  } catch (error) {
    if (error instanceof HostError) return shown(error);
    throw error;
  }
}

function shown(error: HostError): Shown {
  const { kind, argv, exitCode = 1, stdout = '', stderr = '' } = error.details;
  if (kind === 'missing') return { stdout: '', stderr: `sh: 1: ${argv[0]}: not found\n`, code: 127 };
  if (kind === 'timeout') return { stdout: '', stderr: `${error.message}\n`, code: 124 };
  return { stdout, stderr: kind === 'exit' ? stderr : `${error.message}\n`, code: exitCode };
}

/** `sim reboot HOST`: everything is lost but firmware settings and files; there is a new boot id, and units start. */
export async function simReboot(host: SimHost, options: RebootOptions = {}): Promise<void> {
  await host.reboot(options);
}

/** `sim reset HOST`: a brand-new host of the same kind, with an empty log. */
export async function simReset(host: SimHost): Promise<void> {
  host.alter(reset);
}

/** `sim unplug HOST [port0|port1|card]`. False: no such thing to unplug. */
export async function simUnplug(host: SimHost, what = 'port0'): Promise<boolean> {
  return move(host, what, unplug);
}

/** `sim plug HOST [port0|port1|card]`. */
export async function simPlug(host: SimHost, what = 'port0'): Promise<boolean> {
  return move(host, what, plug);
}

function move(host: SimHost, what: string, act: typeof plug): boolean {
  const pluggable = asPluggable(what);
  if (!pluggable) return false;
  host.alter((state) => act(state, pluggable));
  return true;
}

/** `sim fail HOST --at N [--after] --how error|hang|lie|kill`: the N-th changing command from now, from 1. */
export async function simFail(host: SimHost, fault: Fault): Promise<void> {
  host.alter((state) => addFault(state, fault));
}

/** `sim log HOST --json`: everything the host was asked to change, in order. */
export function simLog(host: SimHost): Json {
  return { schema: 'vflane.sim-log/1', commands: host.state.log.map((entry) => ({ ...entry })) };
}

/**
 * Plays the timers that are due: each is taken off the host before `play` gets its command, and put back
 * if that is not over yet, as a waiting process would still be there.
 */
export async function playDueTimers(
  host: SimHost,
  play: (argv: readonly string[]) => Promise<boolean>,
): Promise<void> {
  for (const { unit, argv } of host.dueTimers()) {
    const timer = host.takeTimer(unit);
    if (timer && !(await play(argv))) host.alter((state) => void state.timers.push(timer));
  }
}
