import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startupSnapshot } from 'node:v8';
import { rehearse } from '../operate/rehearse.ts';
import { agentWorkshop, bootHere } from './agent.ts';
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
  await timersRun();
  startupSnapshot.setDeserializeMainFunction(() => void bootNow());
}

/**
 * Node remembers when its next timer is due even where that was cleared, and a snapshot keeps it: a later one would never be
 * set (lib/internal/timers.js, `nextExpiry`). One that runs has it forget.
 */
function timersRun(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

/** What Node itself ends with where a snapshot does not start: the unit then starts the program. */
const snapshotFailed = 14;

async function bootNow(): Promise<void> {
  const { env, stdout, stderr } = process;
  const output = makeOutput(stdout, stderr, { json: false, color: 'never', env });
  // Stays so where this ends because nothing is waited for any more.
  process.exitCode = snapshotFailed;
  // At once: nobody needs what Node would take apart before (its outputs were written as they came), and guests wait.
  process.exit(await bootHere(env, output));
}
