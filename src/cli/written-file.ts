import { existsSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { putFile } from '../host/durable-file.ts';
import type { VerbContext, VerbOptions } from './context.ts';
import { UsageError } from './usage-error.ts';

/** `-o FILE`; an existing file is not overwritten. @throws UsageError */
export function newFileOf(context: VerbContext, { out }: VerbOptions): string | undefined {
  if (typeof out !== 'string') return undefined;
  if (existsSync(resolve(context.cwd, out))) throw alreadyThere(out);
  return out;
}

/** @throws UsageError where it is there by now, or cannot be written */
export function writeNewFile(context: VerbContext, file: string, text: string): void {
  try {
    writeFileSync(resolve(context.cwd, file), text, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw alreadyThere(file);
    throw new UsageError(`${file} cannot be written: ${message}`, 'Name a file in a folder that has room.');
  }
}

/** What is no file, as /dev/stdout or /dev/null, is written to: a file must not take its place. @throws NodeJS.ErrnoException */
export async function putNamedFile(path: string, text: string, mode = 0o644): Promise<void> {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there && !there.isFile() && !there.isDirectory()) writeFileSync(path, text);
  else await putFile(path, text, { mode });
}

function alreadyThere(file: string): UsageError {
  return new UsageError(
    `${file} is there already`,
    'Name another, or move it away: nothing is ever overwritten.',
  );
}
