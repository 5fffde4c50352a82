import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

interface PutOptions {
  readonly mode: number;
  readonly isDurable: boolean;
}

/**
 * Replaces a whole file at once: after a crash there is the old one or the new one, never half of it. If it need not be
 * durable, that does not hold for a power failure. @throws NodeJS.ErrnoException
 */
export async function putFile(
  path: string,
  text: string | Uint8Array,
  { mode = 0o644, isDurable = true }: Partial<PutOptions> = {},
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.new`);
  try {
    await writeNew(temporary, text, { mode, isDurable });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (isDurable) await syncFolder(dirname(path));
}

async function writeNew(
  path: string,
  text: string | Uint8Array,
  { mode, isDurable }: PutOptions,
): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    // The umask must not reduce the requested mode.
    await file.chmod(mode);
    await file.writeFile(text);
    if (isDurable) await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name in a folder is durable only once the folder itself is synced (fsync(2)). */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Makes a folder and its parents, durably. @throws NodeJS.ErrnoException */
export async function makeFolder(path: string, mode: number): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}
