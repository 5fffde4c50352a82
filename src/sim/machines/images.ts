import { posix } from 'node:path';
import { Refusal, strerror } from '../errno.ts';
import { walk } from '../files/node.ts';
import { readFile, rootOf } from '../files/root.ts';
import { isOrdinaryFolder } from '../folders.ts';
import type { Process, SimState } from '../state.ts';

/** A disk image, of which only the header is simulated. */
export interface Image {
  readonly format: 'qcow2' | 'raw';
  readonly bytes: number;
  readonly backing?: { readonly file: string; readonly format: string };
  /** Files of a volume made from a folder, by name. */
  readonly files?: { readonly [name: string]: string };
}

/** qcow2's own first bytes; a raw image has none, so the simulator has its own. */
const magic = { qcow2: 'QFI\u00fb', raw: '\u0000raw' } as const;

export function textOf(image: Image): string {
  return `${magic[image.format]}${JSON.stringify(image)}`;
}

/** The image in a file; any other file is a raw one of its own length in sectors. */
export function imageIn(text: string): Image {
  for (const start of Object.values(magic)) {
    if (text.startsWith(start)) return JSON.parse(text.slice(start.length)) as Image;
  }
  return { format: 'raw', bytes: Math.ceil(Buffer.byteLength(text) / 512) * 512 };
}

/** Why QEMU could not open an image. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/** @throws ImageError with the text of QEMU's file driver */
export function openImage(state: SimState, path: string): Image {
  const fail = (why: string) => new ImageError(`Could not open '${path}': ${why}`);
  if (isOrdinaryFolder(state, path))
    throw new ImageError(`'file' driver requires '${path}' to be a regular file`);
  const real = realPath(state, path);
  // A package's file is not among the files with a text.
  const text = real === undefined ? undefined : (state.files[real] ?? readFile(state, '', real));
  if (text === undefined) throw fail(strerror.ENOENT);
  return imageIn(text);
}

/** Root's shells start in /root. */
export function inHome(path: string): string {
  return posix.resolve('/root', path);
}

function realPath(state: SimState, path: string): string | undefined {
  try {
    return walk(rootOf(state, ''), inHome(path), true).path;
  } catch (refusal) {
    if (refusal instanceof Refusal) return undefined;
    throw refusal;
  }
}

/** A backing file's name is relative to the image's own folder. */
export function backingPath(path: string, image: Image): string | undefined {
  return image.backing === undefined ? undefined : posix.resolve(posix.dirname(path), image.backing.file);
}

/** The image and its backing files, top first. @throws ImageError */
export function chainOf(state: SimState, path: string): readonly string[] {
  const below = backingPath(path, openImage(state, path));
  if (below === undefined) return [path];
  try {
    return [path, ...chainOf(state, below)];
  } catch (error) {
    if (error instanceof ImageError) throw new ImageError(`Could not open backing file: ${error.message}`);
    throw error;
  }
}

/** A writer excludes all others, a reader only writers (file-posix.c, raw_handle_perm_lock). */
export function lockOf(state: SimState, path: string, writes: boolean): string | undefined {
  const holders = state.processes.flatMap((process: Process) => process.machine?.disks ?? []);
  const same = holders.filter((disk) => inHome(disk.path) === inHome(path));
  if (writes && same.length > 0) return 'write';
  return same.some((disk) => disk.writes) ? 'shared "write"' : undefined;
}

export function refuseLocked(state: SimState, path: string, writes: boolean): void {
  const lock = lockOf(state, path, writes);
  if (lock === undefined) return;
  const name = lock === 'write' ? '"write"' : lock;
  throw new ImageError(`Failed to get ${name} lock\nIs another process using the image [${path}]?`);
}

/** A file was removed: processes that had it open still do, but under no name (proc_pid_fd(5)). */
export function forgetHolders(state: SimState, path: string): void {
  const open = state.processes.flatMap((process: Process) => process.machine?.disks ?? []);
  for (const disk of open) if (inHome(disk.path) === inHome(path)) disk.path = `${disk.path} (deleted)`;
}
