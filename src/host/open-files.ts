import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenFile } from './host.ts';

/** A process could not be looked at: "no process" may be claimed only after looking at all of them. */
export class CannotLook extends Error {
  override readonly name = 'CannotLook';
  /** An errno's name. */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Every process that has a file below this folder open.
 * Reads synchronously: these files never block, and there are thousands.
 * @throws CannotLook
 */
export function openFilesBelow(proc: string, folder: string): readonly OpenFile[] {
  const pids = readdirSync(proc).filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => heldBy(join(proc, pid), Number(pid), folder));
}

function heldBy(process: string, pid: number, folder: string): readonly OpenFile[] {
  try {
    const paths = new Set(
      pathsOf(process).filter((path) => path.startsWith(`${folder.replace(/\/+$/, '')}/`)),
    );
    return [...paths].map((path) => ({ path, pid, command: commandOf(process) }));
  } catch (error) {
    const { code = 'EIO' } = error as NodeJS.ErrnoException;
    throw new CannotLook(`cannot look into process ${pid} (${commandOf(process)})`, code);
  }
}

function pathsOf(process: string): readonly string[] {
  const links = whileItLives(() => readdirSync(join(process, 'fd'))) ?? [];
  return links.flatMap((fd) => whileItLives(() => readlinkSync(join(process, 'fd', fd))) ?? []);
}

function commandOf(process: string): string {
  return whileItLives(() => readFileSync(join(process, 'comm'), 'utf8').trimEnd()) ?? '?';
}

/** Undefined if the process or the descriptor has gone meanwhile. */
function whileItLives<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
