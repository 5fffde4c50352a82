import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, timed } from './figure.ts';
import type { Measured } from './scale.ts';

const bundle = join(process.cwd(), 'dist/vflane.cjs');

/** Runs `vflane plan --json` on a file as a process of its own and measures it; notes go into the folder. */
export function watchedPlan(folder: string, file: string, stdout: 'pipe' | 'ignore'): Ended & Measured {
  const [watch, usage] = [join(folder, 'watch.cjs'), join(folder, 'usage.json')];
  const note = `require('node:fs').writeFileSync(${JSON.stringify(usage)}, JSON.stringify(process.resourceUsage()))`;
  writeFileSync(watch, `process.on('exit', () => ${note});`);
  // 2: there are changes.
  const ended = timed([process.execPath, '-r', watch, bundle, 'plan', '--json', '-f', file], [2], stdout);
  const used = JSON.parse(readFileSync(usage, 'utf8')) as NodeJS.ResourceUsage;
  return {
    ...ended,
    cpuMs: (used.userCPUTime + used.systemCPUTime) / 1000,
    megabytes: used.maxRSS / 1024,
  };
}
