import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { takeLock } from './lock.ts';
import { run } from './run.ts';

/**
 * Removes what of the cache in `root` nobody will use again: folders that `isFormer` names, and what interrupted
 * builds left of any. What a process has in its command line, or a lab on its way up holds, stays for the next time.
 */
export async function prune(root: string, isFormer: (name: string) => boolean): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of readdirSync(root)) {
    const [built = name, left] = name.split('.building-');
    const unwanted = left !== undefined || (isFormer(name) && statSync(join(root, name)).isDirectory());
    if (unwanted && !inUse(join(root, name)) && (await takenAway(root, name, built))) removed.push(name);
  }
  return removed;
}

/** Under the lock of what is built there, and under a name that nobody takes for a whole one. */
async function takenAway(root: string, name: string, built: string): Promise<boolean> {
  const busy = new LabError('LAB_BUSY', `${name} is in use`, 'wait');
  try {
    const lock = await takeLock(join(root, `${built}.lock`), 0, busy);
    try {
      const leaving = join(root, `${built}.building-away`);
      if (join(root, name) !== leaving && existsSync(leaving)) await removeTree(leaving);
      renameSync(join(root, name), leaving);
      await removeTree(leaving);
      return true;
    } finally {
      lock.release();
    }
  } catch (error) {
    if (error === busy) return false;
    throw error;
  }
}

/** As far as it goes: a program of an interrupted build may still write there. Never into what is mounted there. */
export async function removeTree(folder: string): Promise<void> {
  await run(['rm', '-rf', '--one-file-system', folder], { timeoutMs: 120_000, tidies: true });
}

/** Whether a process was started with something in `folder`: QEMU names its kernel, and the memory it was given. */
function inUse(folder: string): boolean {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => commandLine(pid).includes(`${folder}/`));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
