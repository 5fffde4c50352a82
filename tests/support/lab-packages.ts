import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached, cacheFolder } from '../../src/lab/cache.ts';
import { makeTree } from '../../src/lab/debian.ts';
import { run } from '../../src/lab/run.ts';

/**
 * Packages of Debian 13 and all their dependencies, as files: none is installed, and none of their scripts run.
 * @returns their folder in the cache
 */
export function unpackedPackages(name: string, packages: readonly string[]): Promise<string> {
  return cached(cacheFolder(), name, async (folder) => {
    const target = join(folder, 'packages.tar');
    await makeTree({ suite: 'trixie', variant: 'extract', packages, format: 'tar', target }, () => undefined);
    const untar = ['tar', '-x', '-f', target, '-C', folder, '--no-same-owner', '--exclude=./dev'];
    const { code, stderr } = await run(untar, { timeoutMs: 120_000 });
    if (code !== 0) throw new Error(`${untar.join(' ')}: exit ${code}: ${stderr}`);
    rmSync(target);
  });
}
