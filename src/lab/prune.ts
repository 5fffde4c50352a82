import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { takeLock } from './lock.ts';
import { run } from './run.ts';

/**
 * Removes from the cache in `root` what will not be used again: folders for which `isFormer` is true, and the remains
 * of interrupted builds. What a process names in its command line, or a starting lab holds, stays for the next time.
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

/** Removes under the build's lock, and under a name that cannot be taken for a complete folder. */
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

/** As far as possible: a program of an interrupted build may still write there. Never enters mounts. */
export async function removeTree(folder: string): Promise<void> {
  await run(['rm', '-rf', '--one-file-system', folder], { timeoutMs: 120_000, tidies: true });
}

/** Whether a process was started with a path in `folder`: QEMU names its kernel, and the memory it resumes from. */
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
