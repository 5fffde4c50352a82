import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildError } from './debian.ts';
import { LabError } from './errors.ts';
import { type Kernel, moduleName, netdevsimModule, parseKernel } from './netdevsim-module.ts';
import type { Recipe } from './recipe.ts';
import { asTreeOwner } from './tree-owner.ts';

/** An image being built: `tree` becomes its disk, `folder` its place in the cache, and `work` is removed. */
export interface Making {
  readonly root: string;
  readonly folder: string;
  readonly work: string;
  readonly tree: string;
  readonly recipe: Recipe;
  readonly onProgress: (line: string) => void;
}

/** In an image without the module, the file that says why. */
export const whyNotFile = '/usr/lib/vflane-lab/no-netdevsim';

/** The file beside an image in the cache that names the module in it. */
export const usedModule = 'netdevsim';

/** Puts netdevsim into an image, or else the reason why it is missing: the rest of the lab works without it. */
export async function addNetdevsim(making: Making): Promise<void> {
  const { root, folder, tree, recipe, onProgress } = making;
  try {
    const kernel = parseKernel(readFileSync(join(tree, 'boot/lab-kernel'), 'utf8'));
    const file = await netdevsimModule(root, recipe, kernel, (line) => onProgress(`image: ${line}`));
    await install(making, file, `/usr/lib/modules/${kernel.release}/updates/netdevsim.ko`);
    await depmod(tree, kernel);
    writeFileSync(join(folder, usedModule), moduleName(recipe.netdevsim, kernel));
  } catch (error) {
    if (!(error instanceof LabError) || error.code === 'LAB_INTERRUPTED') throw error;
    onProgress(`image: without netdevsim: ${error.message}`);
    const reason = join(making.work, 'no-netdevsim');
    writeFileSync(reason, `${error.message}\n`);
    await install(making, reason, whyNotFile);
  }
}

async function depmod(tree: string, { release }: Kernel): Promise<void> {
  const ran = await asTreeOwner(['chroot', tree, 'depmod', release]);
  if (ran.code !== 0) throw buildError('depmod', ran);
}

/** Goes through a folder that the tree's owner may read. */
async function install({ work, tree }: Making, file: string, path: string): Promise<void> {
  const between = join(work, 'between');
  copyFileSync(file, between);
  chmodSync(between, 0o644);
  const to = join(tree, path);
  for (const argv of [
    ['mkdir', '-p', dirname(to)],
    ['install', '-m', '644', between, to],
  ]) {
    const ran = await asTreeOwner(argv);
    if (ran.code !== 0) throw buildError(argv[0] ?? '', ran);
  }
}
