import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { LabError } from './errors.ts';

/** Throws LAB_NO_SPACE if the disk of `folder`, which may not exist yet, has less than `megabytes` free. */
export function checkSpace(folder: string, megabytes: number, what: string): void {
  const { bavail, bsize } = statfsSync(firstThatIs(folder));
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free >= megabytes) return;
  const message = `${what} needs ${megabytes} MB in ${folder}, and ${free} MB are free`;
  const hint =
    'free some, or move it: VFLANE_STATE_DIR is where the lab runs, VFLANE_CACHE_DIR where its image is kept';
  throw new LabError('LAB_NO_SPACE', message, hint);
}

function firstThatIs(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : firstThatIs(dirname(folder));
}
