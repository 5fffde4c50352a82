import { spawnSync } from 'node:child_process';
import { appendFileSync, closeSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { lockHolder, printable } from './lock-holder.ts';
import { type HeldLock, StoreLocked } from './store.ts';

/** flock(1) with -n answers at once; if it takes longer than this, the file system hangs. */
const lockTimeoutMs = 10_000;

/**
 * Locks a file until it is released or this process ends.
 * The lock belongs to a descriptor (flock(2)), so the kernel frees it however the holder dies.
 * @throws StoreLocked, naming the holder
 */
export async function lockFile(path: string): Promise<HeldLock> {
  // A plain number: Node closes a FileHandle that nobody refers to any more, and the lock would go with it.
  const file = openSync(path, 'a+', 0o600);
  let isSigned = false;
  try {
    takeLock(path, file);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return {
    sign: async () => {
      isSigned = true;
      ftruncateSync(file);
      appendFileSync(file, `${process.pid} ${new Date().toISOString()} ${commandLine()}\n`);
    },
    release: async () => {
      try {
        if (isSigned) ftruncateSync(file);
      } catch {
        // Whose lock it was is only told to whoever finds it held.
      } finally {
        closeSync(file);
      }
    },
  };
}

function takeLock(path: string, file: number): void {
  const taken = spawnSync('flock', ['-n', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', file],
    timeout: lockTimeoutMs,
    encoding: 'utf8',
  });
  if (taken.error !== undefined) throw new Error(`${path}: cannot be locked: flock: ${taken.error.message}`);
  if (taken.status === 1)
    throw new StoreLocked(`${path} is held by ${holder(path, file)}; wait until it ends`);
  if (taken.status !== 0) throw new Error(`${path}: cannot be locked: ${taken.stderr.trim()}`);
}

/** As the holder signed it, else what the kernel knows: it may not have signed yet, or not be vflane at all. */
function holder(path: string, file: number): string {
  const buffer = Buffer.alloc(4096);
  const bytesRead = readSync(file, buffer, 0, buffer.length, 0);
  const [, pid, since, command] = /^(\d+) (\S+) (.*)/.exec(buffer.toString('utf8', 0, bytesRead)) ?? [];
  const known = lockHolder('/proc', path);
  if (pid !== undefined && (known === undefined || known.pids.includes(Number(pid))))
    return `process ${pid} (${command}) since ${since}`;
  return known === undefined ? 'another process' : `process ${known.pids[0]} (${known.command})`;
}

function commandLine(): string {
  return printable(['vflane', ...process.argv.slice(2)]);
}
