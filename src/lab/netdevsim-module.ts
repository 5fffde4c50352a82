import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { makeTree } from './debian.ts';
import { removeTree } from './prune.ts';
import type { Recipe } from './recipe.ts';
import type { NetdevsimRecipe } from './recipe-netdevsim.ts';
import { run } from './run.ts';
import { checkSpace } from './space.ts';
import { workFolder } from './work-folder.ts';

/** A Debian kernel: its `uname -r`, and the version of its packages. */
export interface Kernel {
  readonly release: string;
  readonly packageVersion: string;
}

/** Parses the kernel's line from the image's build: `6.12.117+deb13-amd64 6.12.117-1`. */
export function parseKernel(text: string): Kernel {
  const [release = '', packageVersion = ''] = text.trim().split(' ');
  return { release, packageVersion };
}

/** The name in the cache of the module for this kernel, built or not: it outlives images. */
export function moduleName(of: NetdevsimRecipe, kernel: Kernel): string {
  const hash = createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 8);
  return `netdevsim-${kernel.packageVersion}-${hash}`;
}

/** The module's file for this kernel, built once from Debian's own source with the release's own compiler. */
export async function netdevsimModule(
  root: string,
  recipe: Recipe,
  kernel: Kernel,
  onProgress: (line: string) => void,
): Promise<string> {
  const folder = await cached(root, moduleName(recipe.netdevsim, kernel), async (building) => {
    checkSpace(building, 1_500, 'building netdevsim');
    const work = workFolder(building);
    try {
      await build(work, building, recipe, kernel, onProgress);
    } finally {
      await removeTree(work);
    }
  });
  return join(folder, 'netdevsim.ko');
}

async function build(
  work: string,
  folder: string,
  { suite, leftOut, netdevsim }: Recipe,
  { release, packageVersion }: Kernel,
  onProgress: (line: string) => void,
): Promise<void> {
  const hook = join(work, 'hook');
  const script = `chroot "$1" sh -eu >&2 <<'END'\nversion=${release}\n${netdevsim.script}END\n`;
  writeFileSync(hook, `#!/bin/sh\nset -eu\n${script}`, { mode: 0o755 });
  // Whatever the umask: another user reads it.
  await run(['chmod', '-R', 'a+rX', work], { timeoutMs: 10_000 });
  const sourceOf = /^\d+\.\d+/.exec(packageVersion)?.[0] ?? '';
  const extra = [
    // The headers pull in the kernel itself; its modules are not needed.
    ...['/usr/lib/modules/*/kernel/*', ...leftOut].map((path) => `--dpkgopt=path-exclude=${path}`),
    `--customize-hook=${hook}`,
    `--customize-hook=copy-out /build/netdevsim.ko ${folder}`,
  ];
  const packages = [
    `linux-headers-${release}=${packageVersion}`,
    `linux-source-${sourceOf}=${packageVersion}`,
    ...netdevsim.packages,
  ];
  const tree = { suite, packages, variant: 'essential', extra, format: 'null', target: '/dev/null' } as const;
  await makeTree(tree, (line) => onProgress(`netdevsim: ${line}`));
}
