import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program is that can be run, by a PATH or by its own path; undefined if this machine lacks it. */
export function findProgram(program: string, path: string): string | undefined {
  const folders = path.split(delimiter);
  const places = program.includes('/') ? [program] : folders.map((folder) => join(folder, program));
  return places.find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
