import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startDetached } from './detached.ts';
import { LabError } from './errors.ts';
import { labFiles } from './folder.ts';
import { makeDisk, startMachine, stopMachine, waitForSsh } from './machine.ts';
import type { Machine } from './qemu.ts';
import type { Qemu } from './qemu-binary.ts';
import { run } from './run.ts';
import { discard, incoming, isSaved, resume, type Snapshot, save, snapshotOf } from './snapshot.ts';
import { poll } from './wait.ts';

/** What starting a host needs to know of its lab. */
export interface Boot {
  readonly root: string;
  readonly dir: string;
  readonly qemu: Qemu;
  readonly timeoutMs: number;
  readonly onProgress: (line: string) => void;
}

/** Brings one host up until it answers by ssh: from its snapshot in seconds, else by a boot that makes one. */
export async function bootHost(boot: Boot, machine: Machine): Promise<void> {
  const began = performance.now();
  const answers = (how: string) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    boot.onProgress(`${machine.name} ${how} and answers by ssh after ${seconds} s`);
  };
  const snapshot = snapshotOf(boot.root, boot.dir, boot.qemu, machine);
  if (isSaved(snapshot)) {
    if (await restored(boot, machine, snapshot)) return answers('was restored');
    boot.onProgress(`${machine.name}: its snapshot does not start, so it boots`);
    await stopMachine(boot.dir, machine.name);
    discard(snapshot);
  }
  await makeDisk(boot.dir, boot.qemu, machine.name, machine.image.disk, 'raw');
  await startMachine(boot.dir, boot.qemu, machine);
  await waitForSsh(boot.dir, machine, () => ['true'], boot.timeoutMs);
  answers('booted');
  await keep(boot, machine, snapshot);
}

async function restored(boot: Boot, machine: Machine, snapshot: Snapshot): Promise<boolean> {
  try {
    await makeDisk(boot.dir, boot.qemu, machine.name, snapshot.disk, 'qcow2');
    await startMachine(boot.dir, boot.qemu, machine, incoming(snapshot));
    await resume(boot.dir, machine.name);
    await waitForSsh(boot.dir, machine, wake, 30_000);
    return true;
  } catch (error) {
    if (error instanceof LabError && error.code === 'LAB_PORT_TAKEN') throw error;
    return false;
  }
}

/** A restored host's clock stands where it was saved, and its boot id is the saved one's. */
function wake(): readonly string[] {
  return ['sh', '/usr/lib/vflane-lab/wake', (Date.now() / 1000).toFixed(3), randomUUID()];
}

/** A lab works without snapshots, only slower the next time: so no failure here is one of the lab. */
async function keep(boot: Boot, machine: Machine, snapshot: Snapshot): Promise<void> {
  const argv = ['ssh', '-F', join(boot.dir, labFiles.sshConfig), machine.name, 'sh /usr/lib/vflane-lab/rest'];
  const rested = await run(argv, { timeoutMs: 60_000 });
  if (rested.code !== 0) return;
  try {
    await save(boot.root, boot.dir, machine.name, snapshot);
    boot.onProgress(`${machine.name} is saved: it starts in seconds from now on`);
  } catch (error) {
    boot.onProgress(`${machine.name} could not be saved: ${error instanceof Error ? error.message : error}`);
  }
}

/** Starts the lab's two switches, which outlive this process, and returns when both take connections. */
export async function startSwitches(dir: string, argv: readonly string[]): Promise<void> {
  rmSync(join(dir, labFiles.switchPid), { force: true });
  const child = startDetached([...argv, dir], dir, labFiles.switchLog);
  const served = await poll(10_000, 20, () => child.ended() || existsSync(join(dir, labFiles.switchPid)));
  if (served && !child.ended()) return;
  child.kill();
  const log = join(dir, labFiles.switchLog);
  throw new LabError('LAB_SWITCH_FAILED', `the switches did not start: ${child.log()}`, `see ${log}`);
}
