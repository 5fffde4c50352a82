import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The processes that hold a lock: children that inherited its descriptor hold it as well. */
interface LockHolder {
  /** Oldest first. */
  readonly pids: readonly [number, ...number[]];
  readonly command: string;
}

/** Who holds flock(2) on a file, from descriptors' `lock:` (proc_pid_fdinfo(5)); undefined if no visible process does. */
export function lockHolder(proc: string, path: string): LockHolder | undefined {
  const inode = `:${statSync(path).ino} `;
  const [first, ...others] = readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((one, other) => one - other)
    .filter((pid) => locks(join(proc, `${pid}`)).some((lock) => lock.includes(inode)));
  if (first === undefined) return undefined;
  const words = orNothing(() => readFileSync(join(proc, `${first}`, 'cmdline'), 'utf8').split('\0'));
  return { pids: [first, ...others], command: printable(words).trim() || '?' };
}

function locks(process: string): readonly string[] {
  const fds = orNothing(() => readdirSync(join(process, 'fdinfo')));
  return fds.flatMap((fd) =>
    orNothing(() => readFileSync(join(process, 'fdinfo', fd), 'utf8').match(/^lock:.*FLOCK.*$/gm) ?? []),
  );
}

/** A process that is gone, or another user's, cannot be named. */
function orNothing(look: () => readonly string[]): readonly string[] {
  try {
    return look();
  } catch {
    return [];
  }
}

/** An argv as one line for a terminal. */
export function printable(words: readonly string[]): string {
  return words
    .join(' ')
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, 1000);
}
