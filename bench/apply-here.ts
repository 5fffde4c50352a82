import { join } from 'node:path';
import { type Ended, timed } from './figure.ts';

export interface Applied {
  readonly outcome: { readonly kind: string };
  readonly changes: number;
  readonly processes: readonly string[];
}

const start = join(import.meta.dirname, 'bin/start.cjs');

/** `vflane apply --yes` on the host in the folder, in a process of its own. */
export function applyHere(folder: string, file: string): Ended {
  return timed([process.execPath, start, folder, file]);
}

/** As the build does: keeps V8's compiled code for the next start. */
export function warmUp(folder: string, file: string): Applied {
  process.env.VFLANE_WRITE_CACHE = '1';
  const { stdout } = applyHere(folder, file);
  delete process.env.VFLANE_WRITE_CACHE;
  return JSON.parse(stdout) as Applied;
}
