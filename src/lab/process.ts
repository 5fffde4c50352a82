import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { poll } from './wait.ts';

/**
 * The pid in `pidfile` (relative to `dir`) if it is still a process of this lab. The pid may have been reused since, so
 * the command line must name the lab's folder.
 */
export function ownPid(dir: string, pidfile: string): number | undefined {
  const pid = Number.parseInt(textOf(join(dir, pidfile)), 10);
  return pid > 1 && runs(dir, pid) ? pid : undefined;
}

/** Whether `pid` is a process of this lab, even without its pidfile, which QEMU removes before it ends. */
export function runs(dir: string, pid: number): boolean {
  return isOf(dir, textOf(`/proc/${pid}/cmdline`).split('\0'));
}

/** Whether a word of a command line is the folder or a file in it. */
export function isOf(dir: string, commandLine: readonly string[]): boolean {
  return commandLine.some((word) => word === dir || word.startsWith(`${dir}/`));
}

/** The processes whose command line names the lab's folder and satisfies `matches`. */
export function processesNaming(
  dir: string,
  matches: (words: readonly string[]) => boolean,
): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const wanted = pids.filter((pid) => {
    const words = textOf(`/proc/${pid}/cmdline`).split('\0');
    return isOf(dir, words) && matches(words);
  });
  return wanted.map(Number).filter((pid) => pid !== process.pid);
}

/** Ends the process of this lab in `pidfile`: SIGTERM, and SIGKILL after `graceMs`. True if there was one. */
export async function stopOwn(dir: string, pidfile: string, graceMs: number): Promise<boolean> {
  const pid = ownPid(dir, pidfile);
  if (pid !== undefined) await stopPid(dir, pid, graceMs);
  return pid !== undefined;
}

/** The same for a pid that was known to be ours. */
export async function stopPid(dir: string, pid: number, graceMs: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!runs(dir, pid)) return;
    process.kill(pid, signal);
    await poll(graceMs, 20, () => !runs(dir, pid));
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
