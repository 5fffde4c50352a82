import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { imageName } from './image.ts';
import { usedModule } from './netdevsim-in-image.ts';
import { prune } from './prune.ts';
import { qemuName } from './qemu-binary.ts';
import { type About, aboutOf } from './snapshot.ts';

/** How many snapshots to keep per host name: one for each place in a lab, size of memory, and so on. */
const mostOfOneHost = 4;

/** After building an image: removes those of other recipes, their snapshots and netdevsim, and a QEMU of another recipe. */
export function pruneFormer(root: string, imageId: string): Promise<readonly string[]> {
  const image = imageName(imageId);
  return prune(root, (name) => {
    if (name.startsWith('image-')) return name !== image;
    if (name.startsWith('qemu-')) return name !== qemuName;
    if (name.startsWith('netdevsim-')) return name !== moduleOf(join(root, image));
    const about = name.startsWith('snapshot-') ? aboutOf(join(root, name)) : { image: imageId };
    return about === undefined || !existsSync(join(root, imageName(about.image)));
  });
}

/** The netdevsim in this image; undefined if it was built without. */
function moduleOf(image: string): string | undefined {
  try {
    return readFileSync(join(image, usedModule), 'utf8');
  } catch {
    return undefined;
  }
}

/** After saving a host: removes its snapshots of another image or QEMU, and all but the four used last. */
export function pruneSnapshots(root: string, host: string, about: About): Promise<readonly string[]> {
  const own = readdirSync(root).filter((name) => isSnapshotOf(host, name));
  const isGood = (name: string) => {
    const of = aboutOf(join(root, name));
    return of?.image === about.image && of.qemu === about.qemu;
  };
  const usedMs = (name: string) => statSync(join(root, name)).mtimeMs;
  const kept = own.filter(isGood).sort((a, b) => usedMs(b) - usedMs(a));
  const staying = new Set(kept.slice(0, mostOfOneHost));
  return prune(root, (name) => own.includes(name) && !staying.has(name));
}

/** A host's name may be the start of another's: only the key may follow it. */
function isSnapshotOf(host: string, name: string): boolean {
  return (
    name.startsWith(`snapshot-${host}-`) && /^[0-9a-f]{12}$/.test(name.slice(`snapshot-${host}-`.length))
  );
}
