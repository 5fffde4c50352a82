import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startupSnapshot } from 'node:v8';
import { rehearse } from '../operate/rehearse.ts';
import { agentWorkshop, bootHere } from './agent.ts';
import { makeOutput } from './output.ts';

/**
 * What `node --build-snapshot` saves of vflane for `node --snapshot-blob`: this one verb, read and compiled. A start of the
 * host is when everything else is busy, too, and starting a Node without its own snapshot (Debian's) takes most of it.
 */
export async function keepBoot(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vflane-'));
  // Even if this fails midway, what was compiled until then is worth keeping.
  await rehearse(agentWorkshop({ VFLANE_VAR_DIR: folder })).catch(() => undefined);
  rmSync(folder, { recursive: true });
  await timersRun();
  startupSnapshot.setDeserializeMainFunction(() => void bootNow());
}

/**
 * Node remembers when its next timer is due even if that was cleared, and a snapshot keeps it: a later one would never be
 * set (lib/internal/timers.js, `nextExpiry`). One that runs has it forget.
 */
function timersRun(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

/** Node's own exit code if a snapshot does not start: the unit then starts the program. */
const snapshotFailed = 14;

async function bootNow(): Promise<void> {
  const { env, stdout, stderr } = process;
  const output = makeOutput(stdout, stderr, { json: false, color: 'never', env });
  // Remains the exit code if the process ends because nothing is waited for any more.
  process.exitCode = snapshotFailed;
  // At once: Node's own shutdown is not needed (output was written as it came), and guests wait.
  process.exit(await bootHere(env, output));
}
