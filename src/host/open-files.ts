import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenFile } from './host.ts';

/**
 * Every process that holds a file below this folder open.
 * Reads synchronously: these files never wait for anything, and there are thousands.
 * @throws NodeJS.ErrnoException where a process could not be looked at: "nobody" is said only after a complete look.
 */
export function openFilesBelow(proc: string, folder: string): readonly OpenFile[] {
  const pids = readdirSync(proc).filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => heldBy(join(proc, pid), Number(pid), folder));
}

function heldBy(process: string, pid: number, folder: string): readonly OpenFile[] {
  const links = whileItLives(() => readdirSync(join(process, 'fd'))) ?? [];
  const paths = links.map((fd) => whileItLives(() => readlinkSync(join(process, 'fd', fd))));
  const held = [...new Set(paths.filter((path) => path?.startsWith(`${folder.replace(/\/+$/, '')}/`)))];
  return held.map((path) => ({ path: path ?? '', pid, command: commandOf(process) }));
}

function commandOf(process: string): string {
  return whileItLives(() => readFileSync(join(process, 'comm'), 'utf8').trimEnd()) ?? '?';
}

/** Undefined where the process or the descriptor is gone meanwhile. */
function whileItLives<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
