import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cached, cacheFolder } from './cache.ts';
import { LabError, withLabErrors } from './errors.ts';
import { checkHostName, writeRecord } from './folder.ts';
import { labDown, labHostNames, labUp } from './lab.ts';
import { takeLock } from './lock.ts';
import { findTool, labPath } from './needs.ts';
import { isOf, ownPid, stopOwn } from './process.ts';
import { recipe, recipeHash } from './recipe.ts';
import { run } from './run.ts';
import { sshConfigText } from './ssh-config.ts';
import { labDestination, labStatus } from './status.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vflane-lab-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const busy = new LabError('LAB_BUSY', 'busy', 'wait');
const up = (hosts: readonly string[]) => labUp({ dir, hosts, onProgress: () => {} });

describe('host names', () => {
  it('are valid host names', () => {
    expect(() => ['alpha', 'h-2', 'a', '0a', 'a'.repeat(63)].forEach(checkHostName)).not.toThrow();
    for (const bad of ['', '-F', '../x', 'a;b', 'a\nb', 'A', 'a,b', 'a-', 'a'.repeat(64), 'lock'])
      expect(() => checkHostName(bad)).toThrow('is not a host name');
  });

  it('come in order', () => {
    expect(labHostNames(2)).toEqual(['alpha', 'beta']);
    expect(labHostNames(9)[8]).toBe('host-9');
  });

  it('are checked before anything is made', async () => {
    await expect(up(['alpha', '../beta'])).rejects.toMatchObject({ code: 'LAB_BAD_NAME' });
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe('ssh_config', () => {
  it('has the lab’s hosts and keys, and no others', () => {
    const text = sshConfigText('/my lab/50%', [{ name: 'alpha', sshPort: 2201 }]);
    expect(text).toContain('Host alpha\n  Port 2201\n  HostKeyAlias alpha\n');
    expect(text).toContain('IdentityFile "/my lab/50%%/id_ed25519"');
    expect(text).toContain('StrictHostKeyChecking yes');
  });

  it('is valid to ssh', async () => {
    const file = join(dir, 'config');
    writeFileSync(file, sshConfigText(dir, [{ name: 'alpha', sshPort: 2201 }]));
    const { stdout } = await run(['ssh', '-G', '-F', file, 'alpha'], { timeoutMs: 5_000 });
    expect(stdout).toMatch(/^hostname 127\.0\.0\.1$/m);
    expect(stdout).toMatch(/^port 2201$/m);
    expect(stdout).toContain(`identityfile ${dir}/id_ed25519`);
  });

  it('is given only for hosts that run', () => {
    expect(() => labDestination(dir, 'alpha')).toThrow('there is no lab');
    writeRecord(dir, { hosts: [{ name: 'alpha', sshPort: 1 }], accel: 'tcg', image: 'x', qemu: '10' });
    expect(labDestination(dir, 'alpha')).toEqual(['-F', join(dir, 'ssh_config'), 'alpha']);
    expect(() => labDestination(dir, 'beta')).toThrow('the lab has alpha');
  });
});

describe('locks', () => {
  it('keep others out until released', async () => {
    const file = join(dir, 'lock');
    const lock = await takeLock(file, 0, busy);
    await expect(takeLock(file, 0, busy)).rejects.toBe(busy);
    const waiting = takeLock(file, 2_000, busy);
    setTimeout(() => lock.release(), 50);
    (await waiting).release();
  });

  it('let one command work on a lab at a time', async () => {
    const lock = await takeLock(join(dir, 'lock'), 0, busy);
    await expect(up(['alpha'])).rejects.toMatchObject({ code: 'LAB_BUSY' });
    await expect(labDown({ dir, waitMs: 0 })).rejects.toMatchObject({ code: 'LAB_BUSY' });
    lock.release();
  });
});

describe('the cache', () => {
  it('never shows an unfinished build, and builds once', async () => {
    const broken = cached(dir, 'thing', async (folder) => {
      writeFileSync(join(folder, 'half'), '');
      throw new Error('cut short');
    });
    await expect(broken).rejects.toThrow('cut short');
    expect(existsSync(join(dir, 'thing'))).toBe(false);
    let builds = 0;
    const build = async (folder: string) => {
      builds++;
      expect(readdirSync(folder)).toEqual([]);
      writeFileSync(join(folder, 'whole'), '');
    };
    await Promise.all([cached(dir, 'thing', build), cached(dir, 'thing', build)]);
    expect([builds, readdirSync(join(dir, 'thing'))]).toEqual([1, ['whole']]);
  });

  it('is in the folder that the environment names', () => {
    expect(cacheFolder({ VFLANE_CACHE_DIR: '/c' })).toBe('/c/lab');
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe('/x/vflane/lab');
    expect(cacheFolder({})).toMatch(/\/\.cache\/vflane\/lab$/);
  });

  it('has another image for another recipe', () => {
    expect(recipeHash(recipe)).toBe(recipeHash({ ...recipe }));
    expect(recipeHash(recipe)).not.toBe(recipeHash({ ...recipe, packages: [] }));
  });
});

describe('processes', () => {
  const sleeper = (name: string) => spawn('sleep', ['60'], { argv0: name, stdio: 'ignore', detached: true });

  it('are ours only if their command line names the lab', () => {
    expect(isOf('/a/lab', ['qemu', '-pidfile', '/a/lab/alpha/qemu.pid'])).toBe(true);
    expect(isOf('/a/lab', ['qemu', '/a/lab-2/alpha/qemu.pid', '/x/a/lab'])).toBe(false);
  });

  it('are stopped if ours and left alone if not', async () => {
    const [ours, other] = [sleeper(join(dir, 'program')), sleeper('another')];
    writeFileSync(join(dir, 'ours.pid'), `${ours.pid}\n`);
    writeFileSync(join(dir, 'other.pid'), `${other.pid}\n`);
    expect([ownPid(dir, 'ours.pid'), ownPid(dir, 'other.pid'), ownPid(dir, 'no.pid')]).toEqual([
      ours.pid,
      undefined,
      undefined,
    ]);
    expect(await stopOwn(dir, 'other.pid', 1_000)).toBe(false);
    expect(await stopOwn(dir, 'ours.pid', 1_000)).toBe(true);
    expect(ownPid(dir, 'ours.pid')).toBeUndefined();
    expect(other.exitCode).toBeNull();
    other.kill('SIGKILL');
  });
});

describe('down and status', () => {
  it('work on no lab, and twice', async () => {
    const nowhere = join(dir, 'none');
    expect(await labDown({ dir: nowhere })).toEqual({ stopped: [] });
    expect(await labStatus({ dir: nowhere })).toMatchObject({ hosts: [], switches: 'stopped' });
    mkdirSync(nowhere);
    expect(await labDown({ dir: nowhere, purge: true })).toEqual({ stopped: [] });
    expect(existsSync(nowhere)).toBe(false);
  });

  it('report a host that is gone', async () => {
    writeRecord(dir, { hosts: [{ name: 'alpha', sshPort: 1 }], accel: 'tcg', image: 'x', qemu: '10' });
    const cables = { 0: 'joined', 1: 'joined' };
    expect((await labStatus({ dir })).hosts).toEqual([
      { name: 'alpha', sshPort: 1, state: 'stopped', cables },
    ]);
  });
});

describe('an error of the file system', () => {
  const refusing = (code: string) => () =>
    Promise.reject(Object.assign(new Error(`${code}: write`), { code }));

  it('is an error of the lab', async () => {
    await expect(withLabErrors(refusing('ENOSPC'))).rejects.toMatchObject({ code: 'LAB_NO_SPACE' });
    await expect(withLabErrors(refusing('EROFS'))).rejects.toMatchObject({ code: 'LAB_FOLDER_UNUSABLE' });
    await expect(withLabErrors(refusing('EBADF'))).rejects.toThrow('EBADF: write');
    writeFileSync(join(dir, 'file'), '');
    const below = labUp({ dir: join(dir, 'file', 'lab'), hosts: ['alpha'], onProgress: () => {} });
    await expect(below).rejects.toMatchObject({ code: 'LAB_FOLDER_UNUSABLE' });
  });
});

describe('tools', () => {
  it('are found outside an ordinary user’s PATH', () => {
    expect(labPath('/usr/bin').split(':')).toContain('/usr/sbin');
    expect(findTool('sh')).toMatch(/\/sh$/);
    expect(findTool('no-such-tool')).toBeUndefined();
  });

  it('end at their deadline, with their output so far', async () => {
    const ran = await run(['sh', '-c', 'echo said; sleep 9'], { timeoutMs: 200 });
    expect(ran).toMatchObject({ code: null, stdout: 'said\n', timedOut: true });
    expect((await run(['no-such-tool'], { timeoutMs: 200 })).stderr).toContain('ENOENT');
  });
});
