import { existsSync } from 'node:fs';
import { chooseAccel } from './accel.ts';
import { type Boot, bootHost, startSwitches } from './boot.ts';
import { cacheFolder } from './cache.ts';
import { LabError } from './errors.ts';
import { type LabRecord, readRecord, writeRecord } from './folder.ts';
import { freePorts } from './free-port.ts';
import { image, imageAt } from './image.ts';
import { checkInterrupted } from './interrupt.ts';
import { pruneFormer } from './prune-cache.ts';
import type { Machine } from './qemu.ts';
import { findQemu } from './qemu-binary.ts';
import { recipe, recipeHash } from './recipe.ts';
import { checkSpace } from './space.ts';
import { writeSshFiles } from './ssh-config.ts';
import { stopAll } from './stop.ts';

export interface BringUp {
  readonly hosts: readonly string[];
  readonly onProgress: (line: string) => void;
  /**
   * argv of a program that calls `serveSwitches` with its last argument, the lab's folder.
   * By default, this program: `vflane lab serve-switches DIR`.
   */
  readonly serveSwitches?: readonly string[];
  readonly memoryMb?: number;
  /** Processors of each host; by default one if they are emulated. */
  readonly cpus?: number;
  /** For each host, from its start until it answers by ssh. */
  readonly bootTimeoutMs?: number;
  /** Chooses the ports for ssh (default: any free ones). */
  readonly sshPorts?: (count: number) => Promise<readonly number[]>;
}

/** Builds what is missing in the cache, and starts every host afresh. */
export async function bringUp(dir: string, options: BringUp): Promise<LabRecord> {
  const root = cacheFolder();
  const { onProgress } = options;
  checkRoom(root, dir, options.hosts.length);
  let newImage: string | undefined;
  const onBuilt = (id: string) => {
    newImage = id;
  };
  // If one fails, the other must not go on working unattended.
  const [qemu, built] = await allOrFirstError([
    findQemu(root, onProgress),
    image(root, recipe, onProgress, onBuilt),
  ] as const);
  try {
    if (newImage !== undefined) await pruneFormer(root, newImage);
    const accel = await chooseAccel(root, qemu, built.image);
    const boot = { root, dir, qemu, timeoutMs: options.bootTimeoutMs ?? 240_000, onProgress };
    return await withPorts(options, async (ports) => {
      const machines = options.hosts.map((name, index): Machine => {
        const memoryMb = options.memoryMb ?? usualMemoryMb;
        const size = { memoryMb, ...(options.cpus === undefined ? {} : { cpus: options.cpus }) };
        return { name, index, sshPort: ports[index] ?? 0, accel, ...size, image: built.image };
      });
      return startAll(boot, machines, options.serveSwitches);
    });
  } finally {
    built.lock.release();
  }
}

export const usualMemoryMb = 1024;

/** Before anything starts: what is missing is reported at once, not by the program that runs into it. */
function checkRoom(root: string, dir: string, hosts: number): void {
  if (!existsSync(imageAt(root, recipeHash(recipe)).disk)) checkSpace(root, 2_000, 'building the image');
  checkSpace(dir, 64 * hosts, `a lab of ${hosts}`);
}

/** A port that was free may be taken by the time QEMU asks for it. */
async function withPorts<T>(
  { hosts, sshPorts = freePorts, onProgress }: BringUp,
  work: (ports: readonly number[]) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work(await sshPorts(hosts.length));
    } catch (error) {
      if (!(error instanceof LabError && error.code === 'LAB_PORT_TAKEN') || tries === 3) throw error;
      onProgress(`${error.message}; trying others`);
    }
  }
}

async function startAll(
  boot: Omit<Boot, 'check'>,
  machines: readonly Machine[],
  serveSwitches: readonly string[] = [process.execPath, process.argv[1] ?? '', 'lab', 'serve-switches'],
): Promise<LabRecord> {
  const { dir, qemu, onProgress } = boot;
  const [first] = machines;
  const record: LabRecord = {
    hosts: machines.map(({ name, sshPort }) => ({ name, sshPort })),
    accel: first?.accel ?? 'tcg',
    image: first?.image.id ?? '',
    qemu: qemu.version,
    memoryMb: first?.memoryMb ?? usualMemoryMb,
    ...(first?.cpus === undefined ? {} : { cpus: first.cpus }),
  };
  await stopAll(dir, readRecord(dir)?.hosts ?? []);
  writeRecord(dir, { ...record, starting: true });
  try {
    await writeSshFiles(boot.root, dir, machines);
    await startSwitches(dir, serveSwitches);
    onProgress(`QEMU ${qemu.version}, ${record.accel.toUpperCase()}, image ${record.image}`);
    await bootAll(boot, machines);
  } catch (error) {
    await stopAll(dir, machines);
    throw error;
  }
  writeRecord(dir, record);
  return record;
}

/** All at once; the first failure ends the others, and nothing more is started. */
async function bootAll(boot: Omit<Boot, 'check'>, machines: readonly Machine[]): Promise<void> {
  let over = false;
  const check = () => {
    checkInterrupted();
    if (over) throw new LabError('LAB_INTERRUPTED', 'another host did not come up', 'see that one');
  };
  const booting = machines.map(async (machine) => {
    try {
      await bootHost({ ...boot, check }, machine);
    } catch (error) {
      over = true;
      throw error;
    }
  });
  await allOrFirstError(booting);
}

/** Waits for all of them, then throws the first error. */
async function allOrFirstError<T extends readonly Promise<unknown>[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  try {
    return (await Promise.all(work)) as { -readonly [K in keyof T]: Awaited<T[K]> };
  } finally {
    await Promise.allSettled(work);
  }
}
