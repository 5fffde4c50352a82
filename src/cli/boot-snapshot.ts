import { startupSnapshot } from 'node:v8';
import { bootHere } from './agent.ts';
import { exitCodes } from './exit-codes.ts';
import { makeOutput } from './output.ts';

/**
 * What `node --build-snapshot` keeps of vflane for `node --snapshot-blob`: this one verb, already compiled. A start of the host
 * is when everything else is busy, too, and a Node without a snapshot of its own (Debian's) is the longest part of it.
 */
export function keepBoot(): void {
  startupSnapshot.setDeserializeMainFunction(() => void bootNow());
}

async function bootNow(): Promise<void> {
  const { env, stdout, stderr } = process;
  const output = makeOutput(stdout, stderr, { json: false, color: 'never', env });
  process.exitCode = exitCodes.failed;
  process.exitCode = await bootHere(env, output);
}
