import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Boot, bootFromDisk } from './boot.ts';
import { checkRuns, setLink } from './cable.ts';
import { cacheFolder } from './cache.ts';
import { LabError, withLabErrors } from './errors.ts';
import { type LabRecord, readRecord, writeRecord } from './folder.ts';
import { imageAt } from './image.ts';
import { checkInterrupted } from './interrupt.ts';
import { withLabLock } from './lab-lock.ts';
import { stopMachine } from './machine.ts';
import type { Machine } from './qemu.ts';
import { findQemu } from './qemu-binary.ts';
import { run } from './run.ts';
import { labDestination } from './status.ts';
import { poll } from './wait.ts';

export interface Power {
  readonly dir: string;
  readonly host: string;
  readonly onProgress: (line: string) => void;
  readonly timeoutMs?: number;
  readonly interruptible?: boolean;
}

const usualMs = 240_000;

/** Reboots a host as its own `systemctl reboot` does, and returns when it answers again: with its disk, without its VFs. */
export function rebootHost({ dir, host, onProgress, timeoutMs = usualMs }: Power): Promise<void> {
  return withLabErrors(async () => {
    checkRuns(resolve(dir), host);
    const before = await bootId(dir, host);
    if (before === undefined) throw silent(host, `cut its power instead: vflane lab power-cycle ${host}`);
    onProgress(`${host} reboots`);
    await run(['ssh', ...labDestination(dir, host), 'systemctl reboot'], { timeoutMs: 20_000 });
    const isBack = async () => {
      checkInterrupted();
      checkRuns(resolve(dir), host);
      const now = await bootId(dir, host);
      return now !== undefined && now !== before;
    };
    if (!(await poll(timeoutMs, 300, isBack))) throw silent(host, 'its console is in serial.log');
  });
}

function silent(host: string, hint: string): LabError {
  return new LabError('LAB_BOOT_TIMEOUT', `${host} does not answer by ssh`, hint);
}

async function bootId(dir: string, host: string): Promise<string | undefined> {
  const argv = ['ssh', '-o', 'ConnectTimeout=5', ...labDestination(dir, host)];
  const ran = await run([...argv, 'cat /proc/sys/kernel/random/boot_id'], { timeoutMs: 10_000 });
  return ran.code === 0 ? ran.stdout.trim() : undefined;
}

/** Cuts a host's power without warning, and restores it; also starts a host whose QEMU died. */
export function powerCycle(power: Power): Promise<void> {
  const dir = resolve(power.dir);
  const { host, interruptible = false } = power;
  return withLabErrors(async () => {
    labDestination(dir, host);
    await withLabLock(dir, { waitMs: 10_000, interruptible }, async () => {
      const record = readRecord(dir);
      if (record) await cycle(dir, record, power);
    });
  });
}

async function cycle(dir: string, record: LabRecord, { host, onProgress, timeoutMs = usualMs }: Power) {
  const root = cacheFolder();
  const machine = machineOf(root, record, host);
  const qemu = await findQemu(root, onProgress);
  if (await stopMachine(dir, host)) onProgress(`${host} has lost its power`);
  const boot: Boot = { root, dir, qemu, timeoutMs, onProgress, check: checkInterrupted };
  const mine = (record.cut ?? []).filter((one) => one.host === host);
  // A new QEMU starts with its cables plugged in; as there are no VFs yet, pulling them is enough for the PFs.
  await bootFromDisk(boot, machine, async () => {
    for (const { port } of mine) await setLink(dir, { host, port }, false);
  });
  const others = (record.cut ?? []).filter((one) => one.host !== host);
  writeRecord(dir, { ...record, cut: [...others, ...mine.map(({ port }) => ({ host, port }))] });
}

function machineOf(root: string, record: LabRecord, host: string): Machine {
  const index = record.hosts.findIndex(({ name }) => name === host);
  const image = imageAt(root, record.image);
  if (!existsSync(image.disk)) {
    const message = `the image below ${host}’s disk is no longer in the cache`;
    throw new LabError('LAB_IMAGE_GONE', message, '`vflane lab down`, then `vflane lab up`');
  }
  const { accel, memoryMb = 1024, cpus } = record;
  const size = { memoryMb, ...(cpus === undefined ? {} : { cpus }) };
  return { name: host, index, sshPort: record.hosts[index]?.sshPort ?? 0, accel, ...size, image };
}
