import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startupSnapshot } from 'node:v8';
import { rehearse } from '../operate/rehearse.ts';
import { agentWorkshop, bootHere } from './agent.ts';
import { exitCodes } from './exit-codes.ts';
import { makeOutput } from './output.ts';

/**
 * What `node --build-snapshot` keeps of vflane for `node --snapshot-blob`: this one verb, read and compiled. A start of the
 * host is when everything else is busy, too, and a Node without a snapshot of its own (Debian's) is the longest part of it.
 */
export async function keepBoot(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vflane-'));
  // Whatever it stumbles over, what was compiled until then is worth keeping.
  await rehearse(agentWorkshop({ VFLANE_VAR_DIR: folder })).catch(() => undefined);
  rmSync(folder, { recursive: true });
  startupSnapshot.setDeserializeMainFunction(() => void bootNow());
}

async function bootNow(): Promise<void> {
  const { env, stdout, stderr } = process;
  const output = makeOutput(stdout, stderr, { json: false, color: 'never', env });
  process.exitCode = exitCodes.failed;
  process.exitCode = await bootHere(env, output);
}
