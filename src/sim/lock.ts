import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** One operation takes milliseconds: whoever holds a lock for longer than this has stopped working. */
const patienceMs = 10_000;
const waitMs = 2;

/** Holds a lock file during `work`; a dead holder's lock is free. @throws Error after ten seconds, naming the holder */
export function whileLocked<Value>(path: string, work: () => Value): Value {
  mkdirSync(dirname(path), { recursive: true });
  const deadline = performance.now() + patienceMs;
  while (!take(path)) {
    if (performance.now() > deadline)
      throw new Error(`${path}: held by process ${holderOf(path)}; wait for it, or end it`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
  }
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, `${process.pid}\n`);
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (isDead(holderOf(path))) rmSync(path, { force: true });
    return false;
  }
}

function holderOf(path: string): number {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10);
  } catch {
    return Number.NaN;
  }
}

/** A pid not yet written, or gone meanwhile, does not count as dead. */
export function isDead(pid: number): boolean {
  if (!Number.isInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
