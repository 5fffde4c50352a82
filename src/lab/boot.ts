import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startDetached } from './detached.ts';
import { LabError } from './errors.ts';
import { withExpected } from './expected.ts';
import { hostFiles, labFiles } from './folder.ts';
import { checkInterrupted } from './interrupt.ts';
import { makeDisk, makeHostFolder, startMachine, stopMachine, waitForSsh } from './machine.ts';
import { pruneSnapshots } from './prune-cache.ts';
import type { Machine } from './qemu.ts';
import type { Qemu } from './qemu-binary.ts';
import { run } from './run.ts';
import { discard, incoming, isSaved, noteUse, resume, type Snapshot, save, snapshotOf } from './snapshot.ts';
import { poll } from './wait.ts';

/** What starting a host needs to know about its lab. */
export interface Boot {
  readonly root: string;
  readonly dir: string;
  readonly qemu: Qemu;
  /** For each host, from its start until it answers by ssh. */
  readonly timeoutMs: number;
  readonly onProgress: (line: string) => void;
  /** Called on the way: throws if the lab's start is to end. */
  readonly check: () => void;
}

/** Starts one host and waits until it answers by ssh: from its snapshot in seconds, else by a boot that makes one. */
export async function bootHost(boot: Boot, machine: Machine): Promise<void> {
  const end = performance.now() + boot.timeoutMs;
  const snapshot = snapshotOf(boot.root, boot.dir, boot.qemu, machine);
  if (isSaved(snapshot)) {
    if (await restored(boot, machine, snapshot)) return;
    if (performance.now() >= end) throw tooSlow(boot, machine);
    boot.onProgress(`${machine.name}: its snapshot does not start, so it boots`);
    await stopMachine(boot.dir, machine.name);
    discard(snapshot);
  }
  await makeDisk(boot.dir, boot.qemu, machine.name, machine.image.disk);
  await bootFromDisk({ ...boot, timeoutMs: end - performance.now() }, machine);
  await keep(boot, machine, snapshot);
}

/** Boots a host from its present disk, and waits until it answers by ssh. `whenStarted` runs early in its kernel's boot. */
export function bootFromDisk(
  boot: Boot,
  machine: Machine,
  whenStarted: () => Promise<unknown> = async () => {},
): Promise<void> {
  return reported(boot, machine, 'boot', async () => {
    await startMachine(boot.dir, boot.qemu, machine, boot.check);
    await whenStarted();
    await waitForSsh(boot.dir, machine, { ...boot, command: () => ['true'] });
  });
}

async function reported(boot: Boot, { name }: Machine, task: 'boot' | 'restore', work: () => Promise<void>) {
  const began = performance.now();
  const what = `${name} ${task === 'boot' ? 'boots' : 'starts from its snapshot'}`;
  await withExpected({ root: boot.root, task, what, tell: boot.onProgress }, work);
  boot.onProgress(`${name} answers by ssh after ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

function tooSlow(boot: Boot, { name }: Machine): LabError {
  const message = `${name} did not answer by ssh within ${Math.round(boot.timeoutMs / 1000)} s`;
  return new LabError(
    'LAB_BOOT_TIMEOUT',
    message,
    `its console is in ${join(boot.dir, hostFiles(name).serial)}`,
  );
}

const longestRestoreMs = 30_000;

async function restored(boot: Boot, machine: Machine, snapshot: Snapshot): Promise<boolean> {
  try {
    await reported(boot, machine, 'restore', () => restore(boot, machine, snapshot));
    noteUse(snapshot);
    return true;
  } catch (error) {
    boot.check();
    if (error instanceof LabError && ['LAB_PORT_TAKEN', 'LAB_NO_SPACE'].includes(error.code)) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    return false;
  }
}

async function restore(boot: Boot, machine: Machine, snapshot: Snapshot): Promise<void> {
  makeHostFolder(boot.dir, machine.name);
  // A copy, because the snapshot may be removed from the cache while the host still runs.
  copyFileSync(snapshot.disk, join(boot.dir, hostFiles(machine.name).disk));
  await startMachine(boot.dir, boot.qemu, machine, boot.check, incoming(snapshot));
  await resume(boot.dir, machine.name);
  const timeoutMs = Math.min(boot.timeoutMs, longestRestoreMs);
  await waitForSsh(boot.dir, machine, { ...boot, timeoutMs, command: wake });
}

/** A restored host still has the clock and the boot id of the moment it was saved. */
function wake(): readonly string[] {
  return ['sh', '/usr/lib/vflane-lab/wake', (Date.now() / 1000).toFixed(3), randomUUID()];
}

/** A lab works without snapshots, only starts slower the next time: so a failure here does not fail the lab. */
async function keep(boot: Boot, machine: Machine, snapshot: Snapshot): Promise<void> {
  const { root, dir, onProgress } = boot;
  const argv = ['ssh', '-F', join(dir, labFiles.sshConfig), machine.name, 'sh /usr/lib/vflane-lab/rest'];
  const rested = await run(argv, { timeoutMs: 60_000 });
  if (rested.code !== 0) return;
  try {
    await save(root, dir, machine.name, snapshot);
    await pruneSnapshots(root, machine.name, snapshot.about);
    onProgress(`${machine.name} is saved: it starts in seconds from now on`);
  } catch (error) {
    boot.check();
    onProgress(`${machine.name} could not be saved: ${error instanceof Error ? error.message : error}`);
  }
}

/** Starts the lab's two switches, which outlive this process, and returns when both accept connections. */
export async function startSwitches(dir: string, argv: readonly string[]): Promise<void> {
  rmSync(join(dir, labFiles.switchPid), { force: true });
  const child = startDetached([...argv, dir], dir, labFiles.switchLog);
  const served = await poll(10_000, 20, () => child.ended() || existsSync(join(dir, labFiles.switchPid)));
  if (served && !child.ended()) return checkInterrupted();
  child.kill();
  const log = join(dir, labFiles.switchLog);
  throw new LabError('LAB_SWITCH_FAILED', `the switches did not start: ${child.log()}`, `see ${log}`);
}
