import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { LabError } from './errors.ts';
import { labEnvironment } from './run.ts';

/** Held until `release` or until this process ends: the kernel frees it with the descriptor. */
export interface Lock {
  release(): void;
}

/** `shared`: compatible with other shared holders only. */
export type LockKind = 'exclusive' | 'shared';

/**
 * Takes the lock on `file`, waiting at most `waitMs` (0: not at all).
 * Node has no flock(2), so the flock tool takes it on a descriptor that it inherits: the lock belongs to the open
 * file, which stays open here (flock(2), "locks are associated with an open file description").
 */
export async function takeLock(
  file: string,
  waitMs: number,
  busy: LabError,
  kind: LockKind = 'exclusive',
): Promise<Lock> {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'a');
  const code = await flock(descriptor, waitMs, kind);
  if (code === 0) return { release: () => closeSync(descriptor) };
  closeSync(descriptor);
  if (code === 1) throw busy;
  throw new LabError('LAB_TOOL_MISSING', `flock could not lock ${file}`, 'apt-get install util-linux');
}

function flock(descriptor: number, waitMs: number, kind: LockKind): Promise<number | null> {
  const how = waitMs === 0 ? ['--nonblock'] : ['--wait', String(waitMs / 1000)];
  const [program = '', ...args] = ['flock', `--${kind}`, ...how, '--conflict-exit-code', '1', '3'];
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'ignore', descriptor],
    env: labEnvironment(),
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', resolve);
  });
}
