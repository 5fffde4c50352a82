import { hostname } from 'node:os';
import { systemClock } from '../apply/clock.ts';
import { serveStdio } from '../host/agent-stdio.ts';
import { fileStore } from '../host/file-store.ts';
import { type LocalHost, localHost } from '../host/local-host.ts';
import { localPrograms } from '../host/local-programs.ts';
import { agentMethods } from '../operate/agent-site.ts';
import { takeBackWhenDue } from '../operate/take-back.ts';
import type { Workshop } from '../operate/workshop.ts';
import { boot } from './boot.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { exitCodeOf } from './outcome-findings.ts';
import type { Output } from './output.ts';
import { hostStateDir, selfArgv } from './this-host.ts';
import { UsageError } from './usage-error.ts';
import { versionText } from './version-text.ts';

/** The far end of a line (`--stdio`), what the host's systemd starts (`--boot`), and what the dead-man timer starts (`--take-back PLAN`). */
export const run: VerbHandler = async (context, _args, options) => {
  if (options.stdio === true) return serve(context);
  if (options.boot === true) return bootHere(context.env, context.output);
  const { takeBack } = options;
  if (typeof takeBack === 'string') return back(context, takeBack);
  throw new UsageError(
    'an agent needs something to do',
    'It is started by vflane itself: --stdio, --boot or --take-back PLAN.',
  );
};

/** Brings this machine back after its start. */
export function bootHere(env: VerbContext['env'], output: Output): Promise<number> {
  const workshop = agentWorkshop(env);
  return boot(workshop, output, { processes: () => workshop.host.spawned });
}

/** This machine, with its state in `VFLANE_VAR_DIR`. */
export function agentWorkshop(env: VerbContext['env']): Workshop & { readonly host: LocalHost } {
  const name = hostname();
  return {
    host: localHost({ name }),
    store: fileStore(hostStateDir(env)),
    self: selfArgv(),
    programs: localPrograms({ name }),
  };
}

async function serve(context: VerbContext): Promise<number> {
  const workshop = agentWorkshop(context.env);
  await serveStdio({ host: workshop.host, version: versionText, methods: agentMethods(workshop) });
  return exitCodes.asAsked;
}

async function back(context: VerbContext, planId: string): Promise<number> {
  const outcome = await takeBackWhenDue({ ...agentWorkshop(context.env), clock: systemClock }, planId);
  context.output.log(`${planId}: ${outcome.kind}`);
  return exitCodeOf(outcome);
}
