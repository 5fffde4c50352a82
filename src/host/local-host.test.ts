import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostContract, readerContract, refusal } from '../../tests/host-contract.ts';
import { bundleProgram } from '../../tests/program.ts';
import { testMachine } from '../../tests/test-machine.ts';
import { localHost } from './local-host.ts';

const machine = testMachine();
afterAll(machine.remove);
const connect = async () => ({
  adapter: localHost({ name: 'here', root: machine.root }),
  close: async () => undefined,
});
readerContract('the local host', machine.reader, connect);
hostContract('the local host', machine.host, connect);

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vflane-root-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function place(path: string, text = ''): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return join(root, path);
}

const numVfs = '/sys/bus/pci/devices/0000:03:00.0/sriov_numvfs';

describe('files of the local host', () => {
  it('reads and writes below a folder that stands for the root, and never above it', async () => {
    place(numVfs, '16\n');
    const host = localHost({ name: 'alpha', root });
    expect(await host.readFile(`/../..${numVfs}`)).toBe('16\n');
    await host.writeFile(numVfs, '2');
    expect(await host.readFile(numVfs)).toBe('2');
  });

  it('clears an attribute with a newline, since the kernel ignores a write of nothing', async () => {
    const file = place('/sys/bus/pci/devices/0000:03:00.2/driver_override', 'vfio-pci\n');
    await localHost({ name: 'alpha', root }).writeFile(
      '/sys/bus/pci/devices/0000:03:00.2/driver_override',
      '',
    );
    expect(readFileSync(file, 'utf8')).toBe('\n');
  });

  it('needs one process for a thousand attributes', async () => {
    place(numVfs);
    const host = localHost({ name: 'alpha', root });
    await Promise.all(Array.from({ length: 1000 }, (_, at) => host.writeFile(numVfs, String(at))));
    expect(await host.readFile(numVfs)).toBe('999');
    expect(host.spawned).toBe(1);
  });

  it('gives up a write that the kernel blocks, goes on with the next, and can exit', async () => {
    place(numVfs);
    // Opening a pipe for writing blocks until somebody reads it, as sriov_numvfs blocks while a guest has a VF.
    const held = join(dirname(numVfs), 'held');
    expect(spawnSync('mkfifo', [join(root, held)]).status).toBe(0);
    const host = localHost({ name: 'alpha', root, fileTimeoutMs: 300 });
    expect(await refusal(host.writeFile(held, '0'))).toMatchObject({
      kind: 'timeout',
      argv: ['write', held, '0'],
    });
    await localHost({ name: 'alpha', root }).writeFile(numVfs, '3');
    expect(await host.readFile(numVfs)).toBe('3');
  });

  it('writes ordinary files with mode 0644, and leaves nothing beside them', async () => {
    place('/etc/modprobe.d/keep');
    const host = localHost({ name: 'alpha', root });
    await host.writeFile('/etc/modprobe.d/vflane.conf', 'options vfio-pci\n');
    expect(readdirSync(join(root, 'etc/modprobe.d')).sort()).toEqual(['keep', 'vflane.conf']);
    expect(statSync(join(root, 'etc/modprobe.d/vflane.conf')).mode & 0o7777).toBe(0o644);
    expect(await refusal(host.writeFile('/etc/none/x', ''))).toMatchObject({ errno: 'ENOENT' });
    mkdirSync(join(root, 'etc/folder'));
    expect(await refusal(host.writeFile('/etc/folder', ''))).toMatchObject({ errno: 'EISDIR' });
    expect(readdirSync(join(root, 'etc')).sort()).toEqual(['folder', 'modprobe.d']);
  });

  it('reads the whole of a file that comes in many chunks', async () => {
    const text = 'x'.repeat(1_000_000);
    place('/proc/modules', text);
    expect(await localHost({ name: 'alpha', root }).readFile('/proc/modules')).toBe(text);
    expect((await localHost({ name: 'here' }).readFile('/proc/kallsyms')).split('\n').length).toBeGreaterThan(
      10_000,
    );
  });

  it('refuses a path that is not absolute, and one with a NUL', async () => {
    const host = localHost({ name: 'alpha', root });
    expect(await refusal(host.readFile('etc/passwd'))).toMatchObject({ errno: 'EINVAL' });
    expect(await refusal(host.readFile('/etc/pass\0wd'))).toMatchObject({ errno: 'EINVAL' });
  });
});

describe('commands of the local host', () => {
  let scripts = 0;
  const script = (text: string): string => {
    scripts += 1;
    const path = place(`/bin/script${scripts}`, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  it('gives back a warning on stderr with exit 0', async () => {
    const ran = await localHost({ name: 'alpha' }).run([script('echo out; echo Warning: LAG >&2')]);
    expect(ran).toEqual({ stdout: 'out\n', stderr: 'Warning: LAG\n' });
  });

  it('keeps what a command printed before it failed, and 128 + the signal that killed it', async () => {
    const host = localHost({ name: 'alpha' });
    const failed = await refusal(host.run([script('echo half; echo RTNETLINK answers: Busy >&2; exit 2')]));
    expect(failed).toMatchObject({
      kind: 'exit',
      exitCode: 2,
      stdout: 'half\n',
      stderr: 'RTNETLINK answers: Busy\n',
    });
    expect(await refusal(host.run([script('kill -9 $$')]))).toMatchObject({ kind: 'exit', exitCode: 137 });
  });

  it.concurrent('kills a command that does not end when asked to, and keeps what it printed', async () => {
    const stubborn = script("trap '' TERM; echo begun; while :; do sleep 1; done");
    const details = await refusal(localHost({ name: 'alpha' }).run([stubborn], { timeoutMs: 300 }));
    expect(details).toMatchObject({ kind: 'timeout', stdout: 'begun\n' });
  });

  it.concurrent('does not wait for a daemon that a command leaves with its outputs open', async () => {
    const start = performance.now();
    const ran = await localHost({ name: 'alpha' }).run([script('echo started; sleep 20 & ')]);
    expect(ran.stdout).toBe('started\n');
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('ends a command that prints more than the limit', async () => {
    const details = await refusal(localHost({ name: 'alpha' }).run(['cat', '/dev/zero']));
    expect(details).toMatchObject({ kind: 'errno', errno: 'ENOBUFS' });
  });

  it('uses the C locale, and finds programs in the sbin folders', async () => {
    const host = localHost({ name: 'alpha', env: { PATH: '/usr/bin', LC_ALL: 'de_DE.UTF-8' } });
    const { stdout } = await host.run(['env']);
    expect(stdout).toContain('LC_ALL=C\n');
    expect(stdout).toContain('PATH=/usr/bin:/usr/local/sbin:/usr/sbin:/sbin\n');
  });

  it('says EACCES for a program that may not be run, EINVAL for an argv that no program can have', async () => {
    const host = localHost({ name: 'alpha' });
    expect(await refusal(host.run([place('/bin/text', 'x')]))).toMatchObject({
      kind: 'errno',
      errno: 'EACCES',
    });
    expect(await refusal(host.run(['echo', 'a\0b']))).toMatchObject({ kind: 'errno', errno: 'EINVAL' });
    expect((await refusal(host.run([]))).kind).toBe('errno');
  });
});

describe('processes that have files open', () => {
  it('are listed once for each file', async () => {
    place('/proc/12/comm', 'qemu-system-x86\n');
    mkdirSync(join(root, 'proc/12/fd'));
    for (const fd of ['3', '4']) spawnSync('ln', ['-s', '/dev/vfio/7', join(root, 'proc/12/fd', fd)]);
    spawnSync('ln', ['-s', '/dev/vfiox', join(root, 'proc/12/fd/5')]);
    place('/proc/99/comm', 'gone\n');
    expect(await localHost({ name: 'alpha', root }).openFiles('/dev/vfio')).toEqual([
      { path: '/dev/vfio/7', pid: 12, command: 'qemu-system-x86' },
    ]);
  });

  it('are an error naming the process that could not be looked at', async () => {
    place('/proc/12/comm', 'qemu-system-x86\n');
    place('/proc/12/fd', 'what cannot be listed');
    expect(await refusal(localHost({ name: 'alpha', root }).openFiles('/dev/vfio'))).toMatchObject({
      errno: 'ENOTDIR',
      stderr: 'cannot look into process 12 (qemu-system-x86)',
    });
  });

  const root0 = process.geteuid?.() === 0;
  it.skipIf(!root0)('need a full look before "none" is said (needs root to become another user)', () => {
    const program = place('/ask.cjs');
    chmodSync(root, 0o755);
    bundleProgram(
      `import { localHost } from './src/host/local-host.ts';
       localHost({ name: 'alpha' }).openFiles('/dev/vfio').then(
         (files) => console.log(JSON.stringify(files)), (error) => console.log(error.message));`,
      program,
    );
    const asked = spawnSync(process.execPath, [program], {
      uid: 65534,
      gid: 65534,
      encoding: 'utf8',
      cwd: '/',
    });
    expect(asked.stdout).toBe(
      'alpha: EACCES: open files below /dev/vfio: only root may look into every process: run as root\n',
    );
  });
});

it('exits though the kernel blocks a file', () => {
  spawnSync('mkfifo', [join(root, 'held')]);
  const program = place('/exit.cjs');
  bundleProgram(
    `import { localHost } from './src/host/local-host.ts';
     const host = localHost({ name: 'alpha', root: process.argv[2] ?? '', fileTimeoutMs: 200 });
     host.writeFile('/sys/held', '0').catch((error) => { console.log(error.message); process.exitCode = 4; });`,
    program,
  );
  mkdirSync(join(root, 'sys'));
  spawnSync('mkfifo', [join(root, 'sys/held')]);
  const ran = spawnSync(process.execPath, [program, root], { encoding: 'utf8', timeout: 20_000 });
  expect(ran.stdout).toBe('alpha: no answer within the deadline: write /sys/held 0\n');
  expect(ran.status).toBe(4);
});
