import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { poll } from '../src/lab/wait.ts';
import { bundleProgram } from './program.ts';

/** `vflane lab up` on a machine without an image, with a builder that ends as each test needs. */
const program = join(mkdtempSync(join(tmpdir(), 'vflane-lab-build-')), 'vflane.cjs');
let folder: string;
let up: ChildProcess | undefined;

beforeAll(() => {
  const source = "import './src/cli/main.ts';";
  bundleProgram(source, program);
  return () => rmSync(join(program, '..'), { recursive: true });
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vflane-lab-build-'));
  mkdirSync(at('bin'));
  tool('qemu-system-x86_64', 'echo QEMU emulator version 10.0.0');
  for (const name of ['qemu-img', 'mke2fs', 'newuidmap']) tool(name, 'exit 0');
});
afterEach(() => {
  up?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
const tool = (name: string, script: string) =>
  writeFileSync(at(`bin/${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

function environment(): NodeJS.ProcessEnv {
  const { VFLANE_STATE_DIR: _, ...env } = process.env;
  return { ...env, PATH: `${at('bin')}:${env.PATH}`, VFLANE_CACHE_DIR: at('cache'), NO_COLOR: '1' };
}

function vflane(...words: readonly string[]) {
  return spawnSync(process.execPath, [program, ...words], {
    cwd: folder,
    env: environment(),
    encoding: 'utf8',
    timeout: 60_000,
  });
}

/** Starts a `lab up`, and returns its working builder's pid. */
async function building(): Promise<number> {
  // Like the real one, it ignores signals, and waits for a child that does not.
  const child = `echo $$ > ${at('pid.new')}; mv ${at('pid.new')} ${at('pid')}; exec sleep 60`;
  tool('child', child);
  tool('mmdebstrap', `trap "" TERM; env --default-signal=TERM ${at('bin/child')}; exit 1`);
  up = spawn(process.execPath, [program, 'lab', 'up', '--hosts', '1'], {
    cwd: folder,
    env: environment(),
    stdio: 'ignore',
  });
  await poll(20_000, 20, () => existsSync(at('pid')));
  return Number(readFileSync(at('pid'), 'utf8'));
}

const isGone = (pid: number) =>
  poll(10_000, 20, () => !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(statusOf(pid)));

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

function codeOf(child: ChildProcess | undefined): Promise<number | null> {
  return new Promise((done) => {
    if (child?.exitCode !== null) done(child?.exitCode ?? null);
    else child.once('exit', done);
  });
}

const images = () =>
  readdirSync(at('cache/lab')).filter((name) => /^image-[0-9a-f]+(\.building.*)?$/.test(name));

describe('an image build', () => {
  it('that is interrupted ends with its builder, and leaves nothing', async () => {
    const builder = await building();
    up?.kill('SIGINT');
    expect(await codeOf(up)).toBe(1);
    expect(await isGone(builder)).toBe(true);
    expect(images()).toEqual([]);
  });

  it('ends when the lab is taken down, and leaves nothing to do', async () => {
    const builder = await building();
    expect(vflane('lab', 'down', '--purge')).toMatchObject({ status: 0, stdout: 'nothing was running\n' });
    expect(await codeOf(up)).toBe(1);
    expect(await isGone(builder)).toBe(true);
    expect([images(), existsSync(at('.vflane/lab'))]).toEqual([[], false]);
    expect(vflane('lab', 'down')).toMatchObject({ status: 0 });
  });

  it('that is killed takes its builder along, and the next one removes what it left', async () => {
    const builder = await building();
    up?.kill('SIGKILL');
    expect(await isGone(builder)).toBe(true);
    expect(images()).toEqual([expect.stringContaining('.building-')]);
    tool('mmdebstrap', 'echo E: no such mirror >&2; exit 25');
    const { status, stderr } = vflane('lab', 'up', '--hosts', '1');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/LAB_BUILD_FAILED: mmdebstrap failed: .*no such mirror/),
    });
    expect(images()).toEqual([]);
  });

  it('on a disk that fills up says so, and leaves nothing', () => {
    tool('mmdebstrap', 'echo "E: cannot copy: No space left on device" >&2; exit 25');
    const { status, stdout } = vflane('lab', 'up', '--json');
    expect({ status, ...JSON.parse(stdout) }).toMatchObject({
      status: 4,
      schema: 'vflane.lab-up/1',
      findings: [{ code: 'VF5001', where: { at: 'LAB_NO_SPACE' } }],
    });
    expect(images()).toEqual([]);
  });

  it('without a source for netdevsim says so, and goes on', () => {
    const helper = '[ "$1" != --unshare-helper ] || { shift; exec "$@"; }';
    const words = 'for word; do case $word in --format=null) null=yes ;; */tree) tree=$word ;; esac; done';
    const noSource = 'echo "E: Unable to locate package linux-source-6.12" >&2; exit 25';
    const boot = 'echo 6.12.1-amd64 6.12.1-1 >lab-kernel; touch lab-vmlinuz lab-initrd';
    const tree = `mkdir -p "$tree/boot"; cd "$tree/boot"; ${boot}`;
    tool('mmdebstrap', `${helper}\n${words}\n[ -z "$null" ] || { ${noSource}; }\n${tree}`);
    const { stderr } = vflane('lab', 'up', '--hosts', '1');
    expect(stderr).toContain('image: without netdevsim: mmdebstrap failed: E: Unable to locate package');
    expect(stderr).toContain('image: making the disk');
    expect(images()).toHaveLength(1);
  });

  it('is not started without room for it', ({ skip }) => {
    mkdirSync(at('small'));
    const mounted = `mount -t tmpfs -o size=8m none ${at('small')} && exec "$@"`;
    const argv = ['unshare', '-rm', 'sh', '-c', mounted, 'sh'];
    if (spawnSync(argv[0] ?? '', [...argv.slice(1), 'true']).status !== 0) skip('no user namespaces here');
    const words = [...argv, process.execPath, program, 'lab', 'up'];
    for (const [moved, needed] of [
      ['VFLANE_CACHE_DIR', 'building the image needs'],
      ['VFLANE_STATE_DIR', 'a lab of 2 needs'],
    ] as const) {
      const env = { ...environment(), [moved]: at('small') };
      const ran = spawnSync(words[0] ?? '', words.slice(1), { cwd: folder, env, encoding: 'utf8' });
      expect(ran).toMatchObject({ status: 4, stderr: expect.stringContaining(`LAB_NO_SPACE: ${needed}`) });
    }
  });
});
