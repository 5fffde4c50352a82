import { probeRoles } from '../measure/probe-roles.ts';
import type { VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { UsageError } from './usage-error.ts';

/** What vflane starts in a guest, to measure from inside. It ends with its standard input, so that it does not outlive its caller. */
export const run: VerbHandler = async (context, [role = '', text = '']) => {
  const probe = probeRoles[role];
  if (probe === undefined) {
    throw new UsageError(`no probe is called ${role}`, 'Probes are started by vflane itself.');
  }
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.stdin.resume().once('end', end).once('error', end);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    return await probe(parsed(text), { say, signal: ending.signal });
  } catch (error) {
    context.output.log(error instanceof Error ? error.message : String(error));
    return exitCodes.failed;
  }
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('what a probe is to do is JSON', 'Probes are started by vflane itself.');
  }
}
