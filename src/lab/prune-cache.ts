import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { imageName } from './image.ts';
import { usedModule } from './netdevsim-in-image.ts';
import { prune } from './prune.ts';
import { qemuName } from './qemu-binary.ts';
import { type About, aboutOf } from './snapshot.ts';

/** How many snapshots a host's name may have: it has another one at another place in its lab, or with other memory. */
const mostOfOneHost = 4;

/** After an image was built: those of other recipes go, with their snapshots, their netdevsim, and a QEMU unpacked by other rules. */
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

/** The netdevsim that is in this image; nothing where it was built without. */
function moduleOf(image: string): string | undefined {
  try {
    return readFileSync(join(image, usedModule), 'utf8');
  } catch {
    return undefined;
  }
}

/** After a host was saved: its snapshots of another image or QEMU go, and the least used ones beyond four. */
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

/** A host's name may begin like another's: what follows it is the key alone. */
function isSnapshotOf(host: string, name: string): boolean {
  return (
    name.startsWith(`snapshot-${host}-`) && /^[0-9a-f]{12}$/.test(name.slice(`snapshot-${host}-`.length))
  );
}
