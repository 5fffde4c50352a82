import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { chooseAccel } from './accel.ts';
import { cacheFolder } from './cache.ts';
import { startDetached } from './detached.ts';
import { LabError } from './errors.ts';
import {
  checkHostName,
  type HostRecord,
  hostFiles,
  type LabRecord,
  labFiles,
  makeLabFolder,
  readRecord,
  writeRecord,
} from './folder.ts';
import { type Image, image } from './image.ts';
import { type Lock, takeLock } from './lock.ts';
import { greets, makeDisk, startMachine, stopMachine, waitForSsh } from './machine.ts';
import { checkNeeds } from './needs.ts';
import { ownPid, stopOwn } from './process.ts';
import type { Machine } from './qemu.ts';
import { findQemu, type Qemu } from './qemu-binary.ts';
import { recipe } from './recipe.ts';
import { writeSshFiles } from './ssh-config.ts';
import { poll } from './wait.ts';

/** Where a lab is kept unless said otherwise, below the folder the command runs in. */
export const defaultLabFolder = '.vflane/lab';

/** Host names of a lab of `count` hosts. */
export function labHostNames(count: number): readonly string[] {
  const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta'];
  return Array.from({ length: count }, (_, index) => names[index] ?? `host-${index + 1}`);
}

export interface LabUp {
  readonly dir: string;
  readonly hosts: readonly string[];
  readonly onProgress: (line: string) => void;
  /** argv that runs `serveSwitches(dir)` in a process of its own; the lab's folder is added as last word. */
  readonly serveSwitches?: readonly string[];
  readonly memoryMb?: number;
  /** From the start of a host to its answer by ssh. */
  readonly bootTimeoutMs?: number;
}

export interface Lab extends LabRecord {
  readonly dir: string;
  readonly sshConfig: string;
}

/** Builds what is missing, boots every host, and returns when all answer by ssh. What failed is stopped again. */
export async function labUp(options: LabUp): Promise<Lab> {
  for (const name of options.hosts) checkHostName(name);
  checkNeeds();
  const dir = makeLabFolder(options.dir);
  const lock = await lockLab(dir);
  try {
    if (runningHosts(dir).length > 0)
      throw new LabError(
        'LAB_ALREADY_UP',
        `the lab in ${dir} is up`,
        '`vflane lab status`, or `vflane lab down` first',
      );
    return await bringUp(dir, options);
  } finally {
    lock.release();
  }
}

async function bringUp(dir: string, options: LabUp): Promise<Lab> {
  const root = cacheFolder();
  const [qemu, built] = await Promise.all([
    findQemu(root, options.onProgress),
    image(root, recipe, options.onProgress),
  ]);
  const accel = await chooseAccel(root, qemu, built);
  const hosts = await withPorts(options.hosts);
  const record: LabRecord = { hosts, accel, image: built.id, qemu: qemu.version };
  writeRecord(dir, record);
  try {
    await boot(dir, qemu, built, record, options);
    return { ...record, dir, sshConfig: labSshConfig(dir) };
  } catch (error) {
    await stopAll(dir, hosts);
    throw error;
  }
}

async function boot(dir: string, qemu: Qemu, built: Image, record: LabRecord, options: LabUp): Promise<void> {
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
  await Promise.all(record.hosts.map((host) => makeDisk(dir, qemu, host.name, built.disk, 'raw')));
  await writeSshFiles(dir, record.hosts);
  await startSwitches(dir, options.serveSwitches);
  options.onProgress(`booting ${options.hosts.join(', ')} under ${record.accel.toUpperCase()}`);
  await Promise.all(
    record.hosts.map(async (host, index) => {
      await startMachine(dir, qemu, machineOf(host, index, built, record.accel, options.memoryMb));
      await waitForSsh(dir, host, options.bootTimeoutMs ?? 240_000);
      options.onProgress(`${host.name} answers by ssh after ${seconds()} s`);
    }),
  );
}

function machineOf(
  host: HostRecord,
  index: number,
  built: Image,
  accel: 'kvm' | 'tcg',
  memoryMb = 1024,
): Machine {
  return { name: host.name, index, sshPort: host.sshPort, accel, memoryMb, image: built };
}

/** Bundled into one file, this program is its own switch: `vflane lab serve-switches DIR`. */
async function startSwitches(
  dir: string,
  argv: readonly string[] = [process.execPath, process.argv[1] ?? '', 'lab', 'serve-switches'],
) {
  rmSync(join(dir, labFiles.switchPid), { force: true });
  const child = startDetached([...argv, dir], dir, labFiles.switchLog);
  const served = await poll(10_000, 20, () => child.ended() || existsSync(join(dir, labFiles.switchPid)));
  if (served && !child.ended()) return;
  child.kill();
  throw new LabError(
    'LAB_SWITCH_FAILED',
    `the switches did not start: ${child.log()}`,
    `see ${labFiles.switchLog}`,
  );
}

async function withPorts(names: readonly string[]): Promise<readonly HostRecord[]> {
  const servers = await Promise.all(names.map(() => anyPort()));
  const hosts = names.map((name, index) => ({ name, sshPort: servers[index]?.port ?? 0 }));
  for (const server of servers) server.close();
  return hosts;
}

/** A free port, held until `close`, so that two hosts do not get the same. */
function anyPort(): Promise<{ port: number; close: () => void }> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      resolve({ port, close: () => server.close() });
    });
  });
}

/** Stops every process of the lab. Done twice, the second finds nothing to do; `purge` removes the folder too. */
export async function labDown(options: {
  dir: string;
  purge?: boolean;
}): Promise<{ stopped: readonly string[] }> {
  const dir = resolve(options.dir);
  if (!existsSync(dir)) return { stopped: [] };
  const lock = await lockLab(dir);
  try {
    const stopped = await stopAll(dir, readRecord(dir)?.hosts ?? []);
    if (options.purge) rmSync(dir, { recursive: true, force: true });
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

export interface LabStatus {
  readonly dir: string;
  readonly hosts: readonly (HostRecord & {
    readonly pid?: number;
    readonly state: 'up' | 'silent' | 'stopped';
  })[];
  readonly switches: 'up' | 'stopped';
}

/** What runs now. A host is `silent` when its QEMU runs and its sshd does not answer. */
export async function labStatus(options: { dir: string }): Promise<LabStatus> {
  const dir = resolve(options.dir);
  const hosts = await Promise.all(
    (readRecord(dir)?.hosts ?? []).map(async (host) => {
      const pid = ownPid(dir, hostFiles(host.name).pid);
      if (pid === undefined) return { ...host, state: 'stopped' as const };
      const state = (await greets(host.sshPort, 3_000)) ? ('up' as const) : ('silent' as const);
      return { ...host, pid, state };
    }),
  );
  return { dir, hosts, switches: ownPid(dir, labFiles.switchPid) === undefined ? 'stopped' : 'up' };
}

/** The lab's own ssh_config. */
export function labSshConfig(dir: string): string {
  return join(resolve(dir), labFiles.sshConfig);
}

/** ssh's arguments for a host of the lab: `ssh ...labDestination(dir, 'alpha') COMMAND`. Throws where it is not up. */
export function labDestination(dir: string, host: string): readonly string[] {
  const known = readRecord(resolve(dir))?.hosts.map(({ name }) => name) ?? [];
  if (known.includes(host)) return ['-F', labSshConfig(dir), host];
  const has = known.length === 0 ? 'there is no lab' : `the lab has ${known.join(', ')}`;
  throw new LabError(
    'LAB_NOT_UP',
    `no host ${JSON.stringify(host)} in ${resolve(dir)}: ${has}`,
    '`vflane lab up`',
  );
}

function runningHosts(dir: string): readonly string[] {
  const names = readRecord(dir)?.hosts.map(({ name }) => name) ?? [];
  return names.filter((name) => ownPid(dir, hostFiles(name).pid) !== undefined);
}

function lockLab(dir: string): Promise<Lock> {
  const message = `another command is working on the lab in ${dir}`;
  return takeLock(join(dir, labFiles.lock), 0, new LabError('LAB_BUSY', message, 'wait until it is done'));
}
