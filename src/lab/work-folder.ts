import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRoot } from './needs.ts';

/**
 * A folder in which to build what becomes `folder`. The owner of a tree that an ordinary user builds is root of a user
 * namespace, which may not pass through a home closed to others.
 */
export function workFolder(folder: string): string {
  const parent = isRoot() ? folder : tmpdir();
  const work = mkdtempSync(join(parent, 'vflane-lab-'));
  chmodSync(work, 0o777);
  return work;
}
