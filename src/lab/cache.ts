import { existsSync, mkdtempSync, readdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { type Lock, takeLock } from './lock.ts';
import { removeTree } from './prune.ts';

/** The folder for images, an unpacked QEMU and verdicts: $VFLANE_CACHE_DIR/lab, else ~/.cache/vflane/lab. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.VFLANE_CACHE_DIR ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'vflane');
  return join(base, 'lab');
}

/**
 * The folder `name` of the cache, built by `build` if it is missing.
 * A build happens in a folder of another name, which is renamed once complete, so a half-built one is never used;
 * under the lock nobody else builds, so the remains of interrupted builds can go.
 */
export async function cached(
  root: string,
  name: string,
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(root, name);
  if (existsSync(folder)) return folder;
  const busy = new LabError(
    'LAB_BUSY',
    `another lab has been building ${name} for 20 minutes`,
    'wait for it',
  );
  const lock = await takeLock(join(root, `${name}.lock`), 1_200_000, busy);
  try {
    if (existsSync(folder)) return folder;
    await removeLeftovers(root, name);
    await buildInto(folder, build);
    return folder;
  } finally {
    lock.release();
  }
}

/** The same, and nobody removes it until `lock` is released. */
export async function held(
  root: string,
  name: string,
  build: (folder: string) => Promise<void>,
): Promise<{ readonly folder: string; readonly lock: Lock }> {
  const busy = new LabError('LAB_BUSY', `${name} is being built or removed again and again`, 'try again');
  for (let tries = 0; tries < 3; tries++) {
    const folder = await cached(root, name, build);
    const lock = await takeLock(join(root, `${name}.lock`), 60_000, busy, 'shared');
    if (existsSync(folder)) return { folder, lock };
    lock.release();
  }
  throw busy;
}

async function buildInto(folder: string, build: (folder: string) => Promise<void>): Promise<void> {
  const building = mkdtempSync(`${folder}.building-`);
  try {
    await build(building);
    renameSync(building, folder);
  } catch (error) {
    await removeTree(building);
    throw error;
  }
}

async function removeLeftovers(root: string, name: string): Promise<void> {
  const left = readdirSync(root).filter((entry) => entry.startsWith(`${name}.building-`));
  for (const entry of left) await removeTree(join(root, entry));
}
