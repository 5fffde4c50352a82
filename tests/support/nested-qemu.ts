import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { cacheFolder } from '../../src/lab/cache.ts';
import { debianQemu, unpackedQemu } from '../../src/lab/qemu-binary.ts';
import { run } from '../../src/lab/run.ts';

/** The folder for QEMU on a host of the lab that has none of its own. */
const there = '/root/qemu';

/** The firmware of a machine without a display, a disk and a network card. */
const firmware = ['usr/share/seabios/bios-256k.bin', 'usr/share/qemu/kvmvapic.bin'];
const loaders = ['usr/share/qemu/linuxboot_dma.bin', 'usr/share/qemu/pvh.bin'];

const system = 'usr/bin/qemu-system-x86_64';

/**
 * Copies Debian 13's QEMU from the cache to a host of the lab, which is the same release: the program, its libraries and
 * its firmware, 70 of its 180 MB. The hosts' image is small without it, and hosts cannot reach a mirror.
 * @returns the words before QEMU's own arguments
 */
export async function carryQemu(sshConfig: string, host: string): Promise<readonly string[]> {
  const folder = await debianQemu(cacheFolder(), (line) => console.log(line));
  const files = [...(await withLibraries(folder, system)), ...firmware, ...loaders];
  await carry(folder, files, { sshConfig, host, to: there });
  return unpackedQemu(there).system;
}

/** The same as if installed: in its own place, with qemu-img, using the host's libraries and bringing missing ones. */
export async function installQemu(sshConfig: string, host: string): Promise<void> {
  const folder = await debianQemu(cacheFolder(), (line) => console.log(line));
  const programs = await Promise.all([system, 'usr/bin/qemu-img'].map((path) => withLibraries(folder, path)));
  // A virtio NIC does not start without its ROM.
  const files = [...programs.flat(), ...firmware, 'usr/share/qemu/efi-virtio.rom'];
  await carry(folder, files, { sshConfig, host, to: '/' });
}

interface Place {
  readonly sshConfig: string;
  readonly host: string;
  readonly to: string;
}

/** Copies files of a folder into one on a host; existing files stay. */
export function carry(
  folder: string,
  files: readonly string[],
  { sshConfig, host, to }: Place,
): Promise<void> {
  // An emulated processor decompresses faster than it decrypts.
  const packed = ['--use-compress-program=gzip -1', '--sparse'];
  const tar = ['tar', '-c', ...packed, '-h', '--owner=root', '--group=root', '-C', folder, ...new Set(files)];
  const unpack = `mkdir -p ${to} && tar -x -z --skip-old-files --keep-directory-symlink -C ${to}`;
  return piped(tar, ['ssh', '-F', sshConfig, host, unpack]);
}

/** A program of an unpacked Debian, its loader and its libraries, relative to the folder. */
export async function withLibraries(folder: string, path: string): Promise<readonly string[]> {
  const [loader = '', option = '', paths = ''] = unpackedQemu(folder).system;
  const program = join(folder, path);
  const { code, stdout, stderr } = await run([loader, option, paths, '--list', program], {
    timeoutMs: 10_000,
  });
  if (code !== 0) throw new Error(`what ${path} needs cannot be told: ${stderr}`);
  const libraries = [...stdout.matchAll(/=> (\/\S+)/g)].map(([, library = '']) => library);
  const files = [program, join(folder, 'usr/lib64/ld-linux-x86-64.so.2'), ...libraries];
  return [...new Set(files.filter((file) => existsSync(file)).map((file) => relative(folder, file)))];
}

/** Pipes one program into another, and waits for the end of both. */
async function piped(from: readonly string[], to: readonly string[]): Promise<void> {
  const [source, sink] = [from, to].map(([program = '', ...args], place) =>
    spawn(program, args, {
      stdio: [place === 0 ? 'ignore' : 'pipe', place === 0 ? 'pipe' : 'ignore', 'inherit'],
      timeout: 120_000,
    }),
  );
  if (!(source?.stdout && sink?.stdin)) throw new Error('no pipe');
  source.stdout.pipe(sink.stdin);
  const codes = await Promise.all(
    [source, sink].map((child) => new Promise((resolve) => child.once('close', resolve))),
  );
  if (codes.some((code) => code !== 0)) throw new Error(`${from[0]} | ${to[0]}: exit ${codes.join(' and ')}`);
}
