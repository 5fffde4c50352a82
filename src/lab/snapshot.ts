import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { LabError } from './errors.ts';
import { hostFiles, labFiles } from './folder.ts';
import { type Machine, machineArgv } from './qemu.ts';
import type { Qemu } from './qemu-binary.ts';
import { type Qmp, withQmp } from './qmp.ts';
import { poll } from './wait.ts';

/** A saved booted host: its memory, and its disk at that moment. */
export interface Snapshot {
  readonly folder: string;
  readonly memory: string;
  readonly disk: string;
  /** What it depends on, written beside it: if one of these is gone, it can go. */
  readonly about: About;
}

export interface About {
  readonly image: string;
  readonly qemu: string;
}

/**
 * Where the snapshot of this host is, or would be. Its name covers everything that the saved memory depends on: the image,
 * the version of QEMU, the processor, every argument, and the keys that the guest has read.
 */
export function snapshotOf(root: string, dir: string, qemu: Qemu, machine: Machine): Snapshot {
  const keys = [labFiles.authorizedKeys, hostFiles(machine.name).hostKey].map((file) =>
    readFileSync(join(dir, file)),
  );
  const argv = machineArgv('', { ...machine, sshPort: 0 }, qemu.version);
  const words = [qemu.version, cpus()[0]?.model, ...argv, ...keys];
  const key = createHash('sha256').update(words.join('\0')).digest('hex').slice(0, 12);
  const folder = join(root, `snapshot-${machine.name}-${key}`);
  const about = { image: machine.image.id, qemu: qemu.version };
  return { folder, memory: join(folder, 'memory'), disk: join(folder, 'disk.qcow2'), about };
}

const aboutFile = 'about.json';

/** What the snapshot in `folder` depends on; undefined if that is not known. */
export function aboutOf(folder: string): About | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, aboutFile), 'utf8')) as About;
  } catch {
    return undefined;
  }
}

export function isSaved(snapshot: Snapshot): boolean {
  return existsSync(snapshot.folder);
}

/** Removes a snapshot that does not start, so that it is not tried again. */
export function discard(snapshot: Snapshot): void {
  rmSync(snapshot.folder, { recursive: true, force: true });
}

/** Notes that a snapshot was used now: the one unused the longest goes first. */
export function noteUse(snapshot: Snapshot): void {
  const now = new Date();
  utimesSync(snapshot.folder, now, now);
}

/** QEMU's argument to start a host from its snapshot. */
export function incoming(snapshot: Snapshot): readonly string[] {
  return ['-incoming', `file:${snapshot.memory}`];
}

/**
 * Saves a running host: pauses it for about a second, writes its memory and copies its disk, and resumes it.
 * The host must have no VFs: those up at that moment never carry a packet again.
 */
export async function save(root: string, dir: string, name: string, snapshot: Snapshot): Promise<void> {
  const files = hostFiles(name);
  const folderName = snapshot.folder.slice(root.length + 1);
  await cached(root, folderName, (building) =>
    withQmp(dir, files.qmp, 10_000, async (qmp) => {
      await qmp.execute('stop');
      try {
        await qmp.execute('migrate', { uri: `file:${join(building, 'memory')}` });
        await settled(qmp);
        copyFileSync(join(dir, files.disk), join(building, 'disk.qcow2'));
        writeFileSync(join(building, aboutFile), JSON.stringify(snapshot.about));
      } finally {
        await qmp.execute('cont');
      }
    }),
  );
}

async function settled(qmp: Qmp): Promise<void> {
  let status = 'none';
  await poll(60_000, 20, async () => {
    status = statusOf(await qmp.execute('query-migrate'));
    return ['completed', 'failed', 'cancelled'].includes(status);
  });
  if (status !== 'completed')
    throw new LabError('LAB_QMP_FAILED', `saving the memory: ${status}`, 'is the disk full?');
}

/** Resumes a host whose memory has been loaded; it was saved paused. */
export async function resume(dir: string, name: string): Promise<void> {
  await withQmp(dir, hostFiles(name).qmp, 10_000, async (qmp) => {
    let status = '';
    await poll(30_000, 20, async () => {
      status = statusOf(await qmp.execute('query-status'));
      return status !== 'inmigrate';
    });
    await qmp.execute('cont');
  });
}

function statusOf(reply: unknown): string {
  return typeof reply === 'object' && reply !== null && 'status' in reply ? String(reply.status) : '';
}
