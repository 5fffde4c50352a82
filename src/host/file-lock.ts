import { spawnSync } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
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
  const file = await open(path, 'a+', 0o600);
  let isSigned = false;
  try {
    await takeLock(path, file);
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    sign: async () => {
      isSigned = true;
      await file.truncate(0);
      await file.appendFile(`${process.pid} ${new Date().toISOString()} ${commandLine()}\n`);
    },
    release: async () => {
      if (isSigned) await file.truncate(0).catch(() => undefined);
      await file.close();
    },
  };
}

async function takeLock(path: string, file: FileHandle): Promise<void> {
  const taken = spawnSync('flock', ['-n', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', file.fd],
    timeout: lockTimeoutMs,
    encoding: 'utf8',
  });
  if (taken.error !== undefined) throw new Error(`${path}: cannot be locked: flock: ${taken.error.message}`);
  if (taken.status === 1)
    throw new StoreLocked(`${path} is held by ${await holder(path, file)}; wait until it ends`);
  if (taken.status !== 0) throw new Error(`${path}: cannot be locked: ${taken.stderr.trim()}`);
}

/** As the holder signed it, else what the kernel knows: it may not have signed yet, or not be vflane at all. */
async function holder(path: string, file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
  const [, pid, since, command] = /^(\d+) (\S+) (.*)/.exec(buffer.toString('utf8', 0, bytesRead)) ?? [];
  const known = lockHolder('/proc', path);
  if (pid !== undefined && (known === undefined || known.pids.includes(Number(pid))))
    return `process ${pid} (${command}) since ${since}`;
  return known === undefined ? 'another process' : `process ${known.pids[0]} (${known.command})`;
}

function commandLine(): string {
  return printable(['vflane', ...process.argv.slice(2)]);
}
