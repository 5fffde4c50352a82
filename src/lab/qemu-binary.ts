import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { buildError, makeTree } from './debian.ts';
import { LabError } from './errors.ts';
import { withExpected } from './expected.ts';
import { findTool } from './needs.ts';
import { lastLines, run } from './run.ts';
import { checkSpace } from './space.ts';

/** How to start QEMU: the words before its own arguments, and additions to the environment. */
export interface Qemu {
  readonly system: readonly string[];
  readonly img: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
}

const packages = ['qemu-system-x86', 'qemu-utils'];

/** The unpacked QEMU's folder in the cache. */
export const qemuName = `qemu-trixie-${createHash('sha256').update(packages.join()).digest('hex').slice(0, 8)}`;
const libraries = 'usr/lib/x86_64-linux-gnu';

/** The system's QEMU if it knows the igb card (since 8.0), else Debian 13's, unpacked in the cache. */
export async function findQemu(root: string, onProgress: (line: string) => void): Promise<Qemu> {
  const own = findTool('qemu-system-x86_64');
  const img = findTool('qemu-img');
  if (own && img && (await knowsIgb([own]))) return described({ system: [own], img: [img], env: {} });
  return described(unpackedQemu(await debianQemu(root, onProgress)));
}

/** The folder of Debian 13's QEMU, unpacked once. */
export function debianQemu(root: string, onProgress: (line: string) => void): Promise<string> {
  const task = { root, task: 'qemu', what: 'qemu', tell: onProgress } as const;
  return cached(root, qemuName, (building) => withExpected(task, () => unpack(building, onProgress)));
}

async function knowsIgb(system: readonly string[]): Promise<boolean> {
  return (await run([...system, '-device', 'igb,help'], { timeoutMs: 10_000 })).code === 0;
}

async function described(qemu: Omit<Qemu, 'version'>): Promise<Qemu> {
  const ran = await run([...qemu.system, '--version'], { timeoutMs: 10_000, env: qemu.env });
  const version = /version (\S+)/.exec(ran.stdout)?.[1];
  if (version) return { ...qemu, version };
  const message = `QEMU does not start: ${lastLines(ran.stderr)}`;
  throw new LabError('LAB_QEMU_FAILED', message, 'remove the cache folder and run `vflane lab up` again');
}

/** Debian's packages as plain files: nothing is installed, and none of their scripts run. */
async function unpack(folder: string, onProgress: (line: string) => void): Promise<void> {
  onProgress('qemu: unpacking Debian 13’s, once');
  checkSpace(folder, 1_500, 'unpacking QEMU');
  const target = join(folder, 'qemu.tar');
  await makeTree({ suite: 'trixie', variant: 'extract', packages, format: 'tar', target }, (line) =>
    onProgress(`qemu: ${line}`),
  );
  const argv = ['tar', '-x', '-f', target, '-C', folder, '--no-same-owner', '--exclude=./dev'];
  const ran = await run(argv, { timeoutMs: 120_000 });
  if (ran.code !== 0) throw buildError('tar', ran);
  rmSync(target);
}

/** Run through its own loader and libraries, so that an older system's libc does not matter. */
export function unpackedQemu(folder: string): Omit<Qemu, 'version'> {
  const at = (path: string) => join(folder, path);
  const loader = [at('usr/lib64/ld-linux-x86-64.so.2'), at('lib64/ld-linux-x86-64.so.2')].find(existsSync);
  const paths = [libraries, `${libraries}/pulseaudio`, 'lib/x86_64-linux-gnu'].map(at).join(':');
  const start = [loader ?? at('usr/lib64/ld-linux-x86-64.so.2'), '--library-path', paths];
  return {
    system: [
      ...start,
      at('usr/bin/qemu-system-x86_64'),
      ...['-L', at('usr/share/qemu'), '-L', at('usr/share/seabios')],
    ],
    img: [...start, at('usr/bin/qemu-img')],
    env: { QEMU_MODULE_DIR: at(`${libraries}/qemu`) },
  };
}
