import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { held } from './cache.ts';
import { LabError } from './errors.ts';
import { expectedSeconds, withExpected } from './expected.ts';
import { takeLock } from './lock.ts';
import { pruneFormer, pruneSnapshots } from './prune-cache.ts';
import { qemuName } from './qemu-binary.ts';
import { checkSpace } from './space.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'vflane-prune-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function folder(name: string): string {
  mkdirSync(join(root, name));
  writeFileSync(join(root, name, 'memory'), '');
  return join(root, name);
}

function snapshot(name: string, about: object, minutesAgo = 0): void {
  writeFileSync(join(folder(name), 'about.json'), JSON.stringify(about));
  const at = Date.now() / 1000 - minutesAgo * 60;
  utimesSync(join(root, name), at, at);
}

const left = () => readdirSync(root).filter((name) => !name.endsWith('.lock'));

describe('a new image', () => {
  it('removes the former ones, what was based on them, and half-built folders', async () => {
    for (const name of ['image-new', 'image-old', 'image-old2.building-a1', 'qemu-trixie-old', qemuName])
      folder(name);
    snapshot('snapshot-alpha-000000000001', { image: 'old', qemu: '10' });
    snapshot('snapshot-alpha-000000000002', { image: 'new', qemu: '10' });
    folder('snapshot-beta-000000000003');
    folder('key-user');
    await pruneFormer(root, 'new');
    expect(left()).toEqual(['image-new', 'key-user', qemuName, 'snapshot-alpha-000000000002']);
  });

  it('removes the netdevsim of a former kernel, and keeps its own', async () => {
    for (const name of ['image-new', 'netdevsim-6.12.1-1-aa', 'netdevsim-6.12.2-1-aa']) folder(name);
    writeFileSync(join(root, 'image-new/netdevsim'), 'netdevsim-6.12.2-1-aa');
    await pruneFormer(root, 'new');
    expect(left()).toEqual(['image-new', 'netdevsim-6.12.2-1-aa']);
  });

  it('keeps what a machine runs from or is about to run from', async () => {
    for (const name of ['image-new', 'image-runs', 'image-held', 'image-old']) folder(name);
    const machine = spawn('sleep', ['60'], { argv0: join(root, 'image-runs/vmlinuz'), stdio: 'ignore' });
    const { lock } = await held(root, 'image-held', async () => {});
    await pruneFormer(root, 'new');
    expect(left()).toEqual(['image-held', 'image-new', 'image-runs']);
    machine.kill('SIGKILL');
    lock.release();
    await new Promise((gone) => machine.once('close', gone));
    await pruneFormer(root, 'new');
    expect(left()).toEqual(['image-new']);
  });

  it('is not kept waiting while another is being built', async () => {
    folder('image-old.building-x');
    const busy = new LabError('LAB_BUSY', 'busy', 'wait');
    const lock = await takeLock(join(root, 'image-old.lock'), 0, busy);
    await pruneFormer(root, 'new');
    expect(left()).toEqual(['image-old.building-x']);
    lock.release();
  });
});

describe('a new snapshot', () => {
  const about = { image: 'new', qemu: '10.0' };

  it('removes those of another image or QEMU, of the same host only', async () => {
    snapshot('snapshot-alpha-000000000001', about);
    snapshot('snapshot-alpha-000000000002', { ...about, qemu: '9.2' });
    snapshot('snapshot-alpha-000000000003', { ...about, image: 'old' });
    snapshot('snapshot-alpha-two-000000000004', { ...about, image: 'old' });
    folder('snapshot-alpha-000000000005');
    await pruneSnapshots(root, 'alpha', about);
    expect(left()).toEqual(['snapshot-alpha-000000000001', 'snapshot-alpha-two-000000000004']);
  });

  it('keeps the four of its host that were used last', async () => {
    for (const n of [1, 2, 3, 4, 5, 6]) snapshot(`snapshot-alpha-00000000000${n}`, about, n);
    await pruneSnapshots(root, 'alpha', about);
    expect(left().map((name) => name.at(-1))).toEqual(['1', '2', '3', '4']);
  });
});

describe('a long task', () => {
  it('is expected to take as long as the last time, and says so before and meanwhile', async () => {
    const lines: string[] = [];
    const told = {
      root,
      task: 'boot',
      what: 'alpha boots',
      tell: (line: string) => lines.push(line),
    } as const;
    await withExpected(told, async () => {});
    expect(lines).toEqual(['alpha boots: 40 s expected']);
    writeFileSync(join(root, 'times.json'), '{"boot": 12.4}');
    expect(expectedSeconds(root, 'boot')).toBe(12.4);
    writeFileSync(join(root, 'times.json'), 'torn');
    expect(expectedSeconds(root, 'boot')).toBe(40);
  });
});

describe('space', () => {
  it('is checked before anything starts, where the folder will be', () => {
    expect(() => checkSpace(join(root, 'not/yet/there'), 1, 'a lab')).not.toThrow();
    const tooMuch = () => checkSpace(join(root, 'not/yet/there'), 1e9, 'a lab');
    expect(tooMuch).toThrow(/^a lab needs 1000000000 MB in .*not\/yet\/there, and \d+ MB are free$/);
    expect(tooMuch).toThrow(expect.objectContaining({ code: 'LAB_NO_SPACE' }));
  });
});
