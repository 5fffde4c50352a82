import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chooseAccel } from './accel.ts';
import { type Boot, bootHost, startSwitches } from './boot.ts';
import { cacheFolder } from './cache.ts';
import { LabError, withLabErrors } from './errors.ts';
import {
  checkHostName,
  type HostRecord,
  type LabRecord,
  labFiles,
  makeLabFolder,
  readRecord,
  writeRecord,
} from './folder.ts';
import { freePorts } from './free-port.ts';
import { image } from './image.ts';
import { type Lock, takeLock } from './lock.ts';
import { stopMachine } from './machine.ts';
import { checkNeeds } from './needs.ts';
import { stopOwn } from './process.ts';
import type { Machine } from './qemu.ts';
import { findQemu } from './qemu-binary.ts';
import { recipe } from './recipe.ts';
import { writeSshFiles } from './ssh-config.ts';
import { labSshConfig, runningHosts } from './status.ts';

/** The names of a lab's first `count` hosts. */
export function labHostNames(count: number): readonly string[] {
  const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta'];
  return Array.from({ length: count }, (_, index) => names[index] ?? `host-${index + 1}`);
}

export interface LabUp {
  readonly dir: string;
  readonly hosts: readonly string[];
  readonly onProgress: (line: string) => void;
  /**
   * argv of a program that calls `serveSwitches` with its last argument, the lab's folder.
   * By default this very program: `vflane lab serve-switches DIR`.
   */
  readonly serveSwitches?: readonly string[];
  readonly memoryMb?: number;
  /** For each host, from its start to its answer by ssh. */
  readonly bootTimeoutMs?: number;
}

export interface Lab extends LabRecord {
  readonly dir: string;
  readonly sshConfig: string;
}

/**
 * Builds what is missing, starts every host afresh, and returns when all answer by ssh.
 * When one does not, everything is stopped again.
 */
export function labUp(options: LabUp): Promise<Lab> {
  return withLabErrors(() => checkAndBringUp(options));
}

async function checkAndBringUp(options: LabUp): Promise<Lab> {
  for (const name of options.hosts) checkHostName(name);
  checkNeeds();
  const dir = makeLabFolder(options.dir);
  const lock = await lockLab(dir);
  try {
    if (runningHosts(dir).length > 0)
      throw new LabError(
        'LAB_ALREADY_UP',
        `the lab in ${dir} is up`,
        '`vflane lab status`, or `vflane lab down`',
      );
    return await bringUp(dir, options);
  } finally {
    lock.release();
  }
}

async function bringUp(dir: string, options: LabUp): Promise<Lab> {
  const root = cacheFolder();
  const { onProgress } = options;
  const [qemu, built] = await Promise.all([findQemu(root, onProgress), image(root, recipe, onProgress)]);
  const accel = await chooseAccel(root, qemu, built);
  const ports = await freePorts(options.hosts.length);
  const machines = options.hosts.map((name, index): Machine => {
    const memoryMb = options.memoryMb ?? 1024;
    return { name, index, sshPort: ports[index] ?? 0, accel, memoryMb, image: built };
  });
  const hosts = machines.map(({ name, sshPort }) => ({ name, sshPort }));
  const record: LabRecord = { hosts, accel, image: built.id, qemu: qemu.version };
  await stopAll(dir, readRecord(dir)?.hosts ?? []);
  writeRecord(dir, record);
  const boot = { root, dir, qemu, timeoutMs: options.bootTimeoutMs ?? 240_000, onProgress };
  await bootAll(boot, machines, options.serveSwitches);
  return { ...record, dir, sshConfig: labSshConfig(dir) };
}

async function bootAll(
  boot: Boot,
  machines: readonly Machine[],
  serveSwitches: readonly string[] = [process.execPath, process.argv[1] ?? '', 'lab', 'serve-switches'],
): Promise<void> {
  try {
    await writeSshFiles(boot.root, boot.dir, machines);
    await startSwitches(boot.dir, serveSwitches);
    const names = machines.map(({ name }) => name).join(', ');
    boot.onProgress(`starting ${names} (QEMU ${boot.qemu.version}, ${machines[0]?.accel.toUpperCase()})`);
    await Promise.all(machines.map((machine) => bootHost(boot, machine)));
  } catch (error) {
    await stopAll(boot.dir, machines);
    throw error;
  }
}

interface LabDown {
  readonly dir: string;
  /** Remove the lab's folder too. */
  readonly purge?: boolean;
}

/** Stops every process of the lab. Done twice, the second finds nothing to do. */
export function labDown({ dir, purge = false }: LabDown): Promise<{ readonly stopped: readonly string[] }> {
  return withLabErrors(() => takeDown(resolve(dir), purge));
}

async function takeDown(dir: string, purge: boolean): Promise<{ readonly stopped: readonly string[] }> {
  if (!existsSync(dir)) return { stopped: [] };
  const lock = await lockLab(dir);
  try {
    const stopped = await stopAll(dir, readRecord(dir)?.hosts ?? []);
    if (purge) rmSync(dir, { recursive: true, force: true });
    return { stopped };
  } finally {
    lock.release();
  }
}

async function stopAll(dir: string, hosts: readonly HostRecord[]): Promise<readonly string[]> {
  const stopped = await Promise.all(
    hosts.map(async ({ name }) => ((await stopMachine(dir, name)) ? [name] : [])),
  );
  await stopOwn(dir, labFiles.switchPid, 2_000);
  return stopped.flat();
}

function lockLab(dir: string): Promise<Lock> {
  const message = `another command is working on the lab in ${dir}`;
  return takeLock(join(dir, labFiles.lock), 0, new LabError('LAB_BUSY', message, 'wait until it is done'));
}
