import { HostError, type HostErrorDetails, type Ran } from '../host/host.ts';
import { reboot } from './boot.ts';
import { advance, nowMs } from './clock.ts';
import { Blocked } from './errno.ts';
import { strike } from './faults.ts';
import type { Keeper } from './keeper.ts';
import { appendLog, type Change } from './log.ts';
import type { Fault, SimState } from './state.ts';
import { Waiting } from './systemd/drive.ts';

/** The tool is dead: nothing it does afterwards reaches this host. */
export class KilledByFault extends Error {
  override readonly name = 'KilledByFault';
}

/** Performs the changes of a host, and plays its faults. */
export class Changes {
  readonly #name: string;
  readonly #keeper: Keeper;
  readonly #onKill: () => void;
  #dead: Error | undefined;

  constructor(name: string, keeper: Keeper, onKill: () => void) {
    this.#name = name;
    this.#keeper = keeper;
    this.#onKill = onKill;
  }

  /** @throws KilledByFault once the tool is dead */
  refuseIfDead(): void {
    if (this.#dead) throw this.#dead;
  }

  /** One changing operation: a fault may strike it; it is logged and durable before the answer. */
  change(change: Change, timeoutMs: number, act: (state: SimState) => Ran): Ran {
    return this.#keeper.alone(() => this.#changeAlone(this.#keeper.load(), change, timeoutMs, act));
  }

  #changeAlone(state: SimState, change: Change, timeoutMs: number, act: (state: SimState) => Ran): Ran {
    const fault = strike(state);
    if (fault && !fault.after && fault.how !== 'lie') this.#play(state, fault, change, timeoutMs);
    const outcome = attempt(() => act(fault?.how === 'lie' ? structuredClone(state) : state));
    if (fault?.after && fault.how !== 'lie') this.#play(state, fault, change, timeoutMs);
    return this.#answer(state, change, timeoutMs, described(fault), outcome);
  }

  #answer(state: SimState, change: Change, timeoutMs: number, struck: Struck, outcome: Attempt): Ran {
    if ('ran' in outcome) {
      this.#record(state, change, struck);
      return outcome.ran;
    }
    if (outcome.error instanceof Waiting) {
      this.#record(state, change, struck);
      if (struck.fault?.startsWith('lie')) return { stdout: '', stderr: '' };
      throw outcome.error;
    }
    if (outcome.error instanceof Blocked) advance(state, timeoutMs);
    const error = outcome.error instanceof Blocked ? this.#error('timeout', change) : outcome.error;
    this.#record(state, change, { error: error instanceof Error ? error.message : String(error), ...struck });
    throw error;
  }

  #play(state: SimState, fault: Fault, change: Change, timeoutMs: number): never {
    if (fault.how === 'kill' || fault.how === 'power') this.#die(state, fault, change);
    if (fault.how === 'hang') advance(state, timeoutMs);
    const error = this.#error(fault.how === 'hang' ? 'timeout' : 'run' in change ? 'exit' : 'errno', change);
    this.#record(state, change, { error: error.message, ...described(fault) });
    throw error;
  }

  /** Operations that the tool had not yet requested are not in the log. */
  #die(state: SimState, fault: Fault, change: Change): never {
    if (fault.how === 'power') reboot(state);
    if (fault.after) this.#record(state, change, described(fault));
    else this.#keeper.save();
    this.#dead = new KilledByFault(`${this.#name}: killed by a fault`);
    this.#onKill();
    throw this.#dead;
  }

  #record(state: SimState, change: Change, more: Struck & { readonly error?: string }): void {
    appendLog(state, change, { at: nowMs(state), ...more });
    this.#keeper.save();
  }

  #error(kind: 'timeout' | 'exit' | 'errno', change: Change): HostError {
    const argv = 'run' in change ? change.run : ['write', change.write, change.text];
    const more: { readonly [key in typeof kind]: Partial<HostErrorDetails> } = {
      timeout: {},
      exit: { exitCode: 1, stdout: '', stderr: `${argv[0]}: Input/output error\n` },
      errno: { errno: 'EIO' },
    };
    return new HostError({ kind, host: this.#name, argv, ...more[kind] });
  }
}

type Attempt = { readonly ran: Ran } | { readonly error: unknown };

function attempt(act: () => Ran): Attempt {
  try {
    return { ran: act() };
  } catch (error) {
    return { error };
  }
}

interface Struck {
  readonly fault?: string;
}

function described(fault: Fault | undefined): Struck {
  return fault ? { fault: `${fault.how} ${fault.after ? 'after' : 'before'}` } : {};
}
