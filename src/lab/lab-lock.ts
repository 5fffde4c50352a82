import { readdirSync, readFileSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { labFiles } from './folder.ts';
import { type Lock, takeLock } from './lock.ts';

/** How to take a lab's lock, which any change of the lab needs. */
export interface LabLock {
  /** How long to wait for another command (default: not at all). */
  readonly waitMs?: number;
  /** SIGTERM ends this process cleanly, so `lab down` may send it. */
  readonly interruptible?: boolean;
}

/** Runs `work` as the only command that changes the lab in `dir`. Throws LAB_BUSY if another does. */
export async function withLabLock<T>(dir: string, how: LabLock, work: () => Promise<T>): Promise<T> {
  const lock = await take(dir, how.waitMs ?? 0);
  try {
    writeFileSync(join(dir, labFiles.lock), how.interruptible ? `${process.pid}\n` : '');
    return await work();
  } finally {
    lock.release();
  }
}

/** The same for `lab down`: it interrupts another command if that is possible, and gives it a minute to tidy up. */
export async function withLabForced<T>(dir: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const holder = holderOf(dir);
  if (holder === undefined) return withLabLock(dir, { waitMs }, work);
  process.kill(holder, 'SIGTERM');
  try {
    return await withLabLock(dir, { waitMs: 60_000 }, work);
  } catch (error) {
    if (!(error instanceof LabError && error.code === 'LAB_BUSY') || holderOf(dir) !== holder) throw error;
    process.kill(holder, 'SIGKILL');
    return withLabLock(dir, { waitMs: 5_000 }, work);
  }
}

function take(dir: string, waitMs: number): Promise<Lock> {
  const message = `another command is working on the lab in ${dir}`;
  return takeLock(
    join(dir, labFiles.lock),
    waitMs,
    new LabError('LAB_BUSY', message, 'wait until it is done'),
  );
}

/** The pid in the lock's file, if it is another process that still has the file open. */
function holderOf(dir: string): number | undefined {
  const file = join(dir, labFiles.lock);
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    if (!(pid > 1) || pid === process.pid) return undefined;
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
    return open.includes(realpathSync(file)) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
