import * as agent from './agent.ts';
import type { VerbContext, VerbOptions } from './context.ts';
import { makeOutput } from './output.ts';
import * as probe from './probe.ts';
import type { Surroundings } from './program.ts';
import { UsageError } from './usage-error.ts';

/**
 * The verbs that vflane itself starts on a host, `agent` and `probe`, parsed without a command-line library: every start would
 * pay for it. Returns the exit code. @throws UsageError
 */
export async function runOnHost(argv: readonly string[], around: Surroundings): Promise<number> {
  const [verb, ...words] = argv;
  if (verb === 'agent') return agent.run(contextOf(around), [], agentOptions(words));
  if (verb === 'probe') return probe.run(contextOf(around), words, {});
  throw new UsageError(
    'this is the part of vflane that it starts on hosts by itself',
    'The whole of it is what connected to this host.',
  );
}

function agentOptions([option = '', plan = '']: readonly string[]): VerbOptions {
  return option === '--take-back'
    ? { takeBack: plan }
    : { stdio: option === '--stdio', boot: option === '--boot' };
}

function contextOf({ env, cwd, stdout, stderr }: Surroundings): VerbContext {
  const global = { host: [], json: false, color: 'never' } as const;
  return { env, cwd, output: makeOutput(stdout, stderr, { ...global, env }), global };
}
