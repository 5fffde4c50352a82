import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cached } from './cache.ts';
import { buildError, makeTree } from './debian.ts';
import { isRoot } from './needs.ts';
import { type Recipe, recipeHash } from './recipe.ts';
import { run } from './run.ts';

/** A kernel, its initrd and the disk every host's overlay stands on. */
export interface Image {
  readonly id: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly disk: string;
}

/** The image of `recipe`, built once (about a minute) and kept in the cache below `root`. */
export async function image(
  root: string,
  recipe: Recipe,
  onProgress: (line: string) => void,
): Promise<Image> {
  const id = recipeHash(recipe);
  const folder = await cached(root, `image-${id}`, (building) => build(building, recipe, onProgress));
  const [kernel, initrd, disk] = ['vmlinuz', 'initrd', 'disk.raw'].map((name) => join(folder, name));
  return { id, kernel: kernel ?? '', initrd: initrd ?? '', disk: disk ?? '' };
}

async function build(folder: string, recipe: Recipe, onProgress: (line: string) => void): Promise<void> {
  onProgress('image: building Debian 13 for the hosts, once; this takes about a minute');
  const work = workFolder(folder);
  try {
    writeRecipe(work, recipe);
    // Whatever the umask: the owner of the tree is another user, and must read this.
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
    onProgress('image: making the disk');
    await makeDisk(work, target, folder, recipe.diskSize);
  } finally {
    await asTreeOwner(['rm', '-rf', '--one-file-system', join(work, 'tree')]);
    await run(['rm', '-rf', '--one-file-system', work], { timeoutMs: 60_000 });
  }
}

/** The tree's owner is root of a user namespace, who may not pass through a home closed to others. */
function workFolder(folder: string): string {
  const parent = isRoot() ? folder : tmpdir();
  const work = mkdtempSync(join(parent, 'vflane-lab-'));
  chmodSync(work, 0o777);
  return work;
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

/** mke2fs fills the file system itself, so nothing has to be mounted. */
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

function asTreeOwner(argv: readonly string[]) {
  const helper = isRoot() ? [] : ['mmdebstrap', '--unshare-helper'];
  return run([...helper, ...argv], { timeoutMs: 300_000 });
}
