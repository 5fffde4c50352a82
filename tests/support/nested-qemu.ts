import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { cacheFolder } from '../../src/lab/cache.ts';
import { debianQemu, unpackedQemu } from '../../src/lab/qemu-binary.ts';
import { run } from '../../src/lab/run.ts';

/** Where QEMU is on a host of the lab. */
const there = '/root/qemu';

/** What a machine without a display, a disk and a network card reads. */
const firmware = ['usr/share/seabios/bios-256k.bin', 'usr/share/qemu/kvmvapic.bin'];
const loaders = ['usr/share/qemu/linuxboot_dma.bin', 'usr/share/qemu/pvh.bin'];

/**
 * Copies Debian 13's QEMU from the cache to a host of the lab, the same release: the program, its libraries and its
 * firmware, 70 of its 180 MB. The hosts' image is small without it, and a host reaches no mirror.
 * @returns the words before QEMU's own arguments
 */
export async function carryQemu(sshConfig: string, host: string): Promise<readonly string[]> {
  const folder = await debianQemu(cacheFolder(), (line) => console.log(line));
  const files = [...(await programFiles(folder)), ...firmware, ...loaders];
  const tar = ['tar', '-c', '-h', '-C', folder, ...files];
  await piped(tar, ['ssh', '-F', sshConfig, host, `mkdir -p ${there} && tar -x -C ${there}`]);
  return unpackedQemu(there).system;
}

/** The program, its loader and its libraries, relative to `folder`. */
async function programFiles(folder: string): Promise<readonly string[]> {
  const { system } = unpackedQemu(folder);
  const [loader = '', option = '', paths = '', program = ''] = system;
  const { code, stdout, stderr } = await run([loader, option, paths, '--list', program], {
    timeoutMs: 10_000,
  });
  if (code !== 0) throw new Error(`what QEMU needs cannot be told: ${stderr}`);
  const libraries = [...stdout.matchAll(/=> (\/\S+)/g)].map(([, path = '']) => path);
  const files = [program, join(folder, 'usr/lib64/ld-linux-x86-64.so.2'), ...libraries];
  return [...new Set(files.filter((path) => existsSync(path)).map((path) => relative(folder, path)))];
}

/** Runs two programs, the first one's output the second one's input, to the end of both. */
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
