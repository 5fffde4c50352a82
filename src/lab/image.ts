import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { held } from './cache.ts';
import { buildError, makeTree } from './debian.ts';
import { withExpected } from './expected.ts';
import type { Lock } from './lock.ts';
import { addNetdevsim } from './netdevsim-in-image.ts';
import { removeTree } from './prune.ts';
import { type Recipe, recipeHash } from './recipe.ts';
import { run } from './run.ts';
import { checkSpace } from './space.ts';
import { asTreeOwner } from './tree-owner.ts';
import { workFolder } from './work-folder.ts';

/** A kernel, its initrd and the base of every host's disk. */
export interface Image {
  readonly id: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly disk: string;
}

export function imageName(id: string): string {
  return `image-${id}`;
}

/** The image with this id, built or not. */
export function imageAt(root: string, id: string): Image {
  const at = (name: string) => join(root, imageName(id), name);
  return { id, kernel: at('vmlinuz'), initrd: at('initrd'), disk: at('disk.raw') };
}

/** The image of `recipe`, built once and kept in the cache below `root`; not removed until `lock` is released. */
export async function image(
  root: string,
  recipe: Recipe,
  onProgress: (line: string) => void,
  onBuilt: (id: string) => void,
): Promise<{ readonly image: Image; readonly lock: Lock }> {
  const id = recipeHash(recipe);
  const task = { root, task: 'image', what: 'image', tell: onProgress } as const;
  const { lock } = await held(root, imageName(id), async (building) => {
    await withExpected(task, () => build(root, building, recipe, onProgress));
    onBuilt(id);
  });
  return { image: imageAt(root, id), lock };
}

async function build(
  root: string,
  folder: string,
  recipe: Recipe,
  onProgress: (line: string) => void,
): Promise<void> {
  onProgress('image: building Debian 13 for the hosts, once');
  checkSpace(folder, 2_000, 'building the image');
  const work = workFolder(folder);
  checkSpace(work, 1_500, 'building the image');
  try {
    writeRecipe(work, recipe);
    // Whatever the umask: the owner of the tree is another user, who must read this.
    await run(['chmod', '-R', 'a+rX', work], { timeoutMs: 10_000 });
    const extra = [
      ...recipe.leftOut.map((path) => `--dpkgopt=path-exclude=${path}`),
      `--customize-hook=${join(work, 'hook')}`,
    ];
    const { suite, packages } = recipe;
    const target = join(work, 'tree');
    await makeTree({ suite, packages, variant: 'essential', extra, format: 'directory', target }, (line) =>
      onProgress(`image: ${line}`),
    );
    copyFileSync(join(target, 'boot/lab-vmlinuz'), join(folder, 'vmlinuz'));
    copyFileSync(join(target, 'boot/lab-initrd'), join(folder, 'initrd'));
    await addNetdevsim({ root, folder, work, tree: target, recipe, onProgress });
    onProgress('image: making the disk');
    await makeDisk(work, target, folder, recipe.diskSize);
  } finally {
    await asTreeOwner(['rm', '-rf', '--one-file-system', join(work, 'tree')], true);
    await removeTree(work);
  }
}

function writeRecipe(work: string, recipe: Recipe): void {
  const files = { ...recipe.files, '/usr/lib/vflane-lab/customise': recipe.customise };
  for (const [path, text] of Object.entries(files)) {
    const file = join(work, 'files', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  writeFileSync(join(work, 'hook'), recipe.hook, { mode: 0o755 });
}

/** mke2fs fills the file system itself, so nothing needs to be mounted. */
async function makeDisk(work: string, tree: string, folder: string, size: string): Promise<void> {
  const disk = join(work, 'disk.raw');
  writeFileSync(disk, '');
  chmodSync(disk, 0o666);
  const argv = ['mke2fs', '-q', '-F', '-t', 'ext4', '-m', '0', '-d', tree, disk, size];
  const made = await asTreeOwner(argv);
  if (made.code !== 0) throw buildError('mke2fs', made);
  const copied = await run(['cp', '--sparse=always', disk, join(folder, 'disk.raw')], { timeoutMs: 300_000 });
  if (copied.code !== 0) throw buildError('cp', copied);
}
