import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { poll } from './wait.ts';

/**
 * The pid in `pidfile` (relative to `dir`) if it is still a process of this lab. A pid alone may have been given
 * to another process since, so the command line must name the lab's folder.
 */
export function ownPid(dir: string, pidfile: string): number | undefined {
  const pid = Number.parseInt(textOf(join(dir, pidfile)), 10);
  if (!(pid > 1)) return undefined;
  return isOf(dir, textOf(`/proc/${pid}/cmdline`).split('\0')) ? pid : undefined;
}

/** Whether a command line names the folder, or a file in it, as a word. */
export function isOf(dir: string, commandLine: readonly string[]): boolean {
  return commandLine.some((word) => word === dir || word.startsWith(`${dir}/`));
}

/** Ends a process of this lab: asks, waits `graceMs`, then kills. True if there was one. */
export async function stopOwn(dir: string, pidfile: string, graceMs: number): Promise<boolean> {
  const pid = ownPid(dir, pidfile);
  if (pid === undefined) return false;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (ownPid(dir, pidfile) !== pid) return true;
    process.kill(pid, signal);
    await poll(graceMs, 50, () => ownPid(dir, pidfile) !== pid);
  }
  return true;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
