import { defaultTimeoutMs, type Host, HostError, type Ran } from '../host/host.ts';
import type { Action } from '../model/plan.ts';
import { type Clock, poll } from './clock.ts';
import { fill, type Look, lookAt, type Resolved, Unresolved } from './resolve.ts';

/** How long a name may take to appear after the step that makes it, in milliseconds. */
export const lookupTimeoutMs = 5000;

/** An action with every name resolved. */
type Ready =
  | {
      readonly run: readonly string[];
      readonly stdin?: string;
      readonly fails?: string;
      readonly timeoutMs?: number;
    }
  | { readonly write: string; readonly text: string };

export interface Prepared {
  readonly ready: Ready;
  readonly resolved: Resolved;
}

/** Resolves the names of an action, right before it. @throws Unresolved after lookupTimeoutMs, saying what was seen last. */
export async function prepare(
  host: Host,
  clock: Clock,
  action: Action,
  known: Resolved = {},
): Promise<Prepared> {
  const attempt = async () => {
    const look = lookAt(host, known);
    try {
      return { ready: await fillAction(look, action), resolved: Object.fromEntries(look.found) };
    } catch (error) {
      if (error instanceof Unresolved) return error;
      throw error;
    }
  };
  const last = await poll(clock, lookupTimeoutMs, attempt, (answer) => !(answer instanceof Unresolved));
  if (!(last instanceof Unresolved)) return last;
  throw new Unresolved(`${last.message} (after ${lookupTimeoutMs / 1000} s)`, { cause: last });
}

/** The names in these actions that exist already; some of the others exist only after an earlier action. */
export async function namesNow(host: Host, actions: readonly Action[]): Promise<Resolved> {
  const look = lookAt(host);
  for (const action of actions) {
    try {
      await fillAction(look, action);
    } catch (error) {
      if (!(error instanceof Unresolved)) throw error;
    }
  }
  return Object.fromEntries(look.found);
}

async function fillAction(look: Look, action: Action): Promise<Ready> {
  if ('write' in action)
    return { write: await fill(look, action.write), text: await fill(look, action.text) };
  const run: string[] = [];
  for (const word of action.run) run.push(await fill(look, word));
  const { stdin, fails, timeoutMs } = action;
  const ready = {
    run,
    ...(fails === undefined ? {} : { fails }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  return stdin === undefined ? ready : { ...ready, stdin: await fill(look, stdin) };
}

/** Does it, and returns its warning, if any: `ip` reports what went wrong with a LAG that way, with exit code 0. @throws HostError */
export async function act(host: Host, ready: Ready): Promise<string | undefined> {
  if ('write' in ready) {
    await host.writeFile(ready.write, ready.text);
    return undefined;
  }
  const stdin = ready.stdin === undefined ? {} : { stdin: ready.stdin };
  const ran = await host.run(ready.run, { ...stdin, timeoutMs: ready.timeoutMs ?? defaultTimeoutMs });
  const stderr = unlessNotDone(host, ready, ran);
  return stderr.trim() ? `${ready.run.join(' ')}: ${stderr.trim()}` : undefined;
}

function unlessNotDone(host: Host, { run, fails }: Extract<Ready, { run: unknown }>, ran: Ran): string {
  if (fails === undefined || !ran.stderr.includes(fails)) return ran.stderr;
  throw new HostError({ kind: 'exit', exitCode: 0, host: host.name, argv: run, ...ran });
}
