import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verbs } from '../src/cli/verbs.ts';
import { type Said, vflaneHere } from './support/command-line.ts';

const root = resolve(import.meta.dirname, '..');
const bin = join(root, 'bin');
const folder = mkdtempSync(join(tmpdir(), 'vflane-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  writeFileSync(
    join(folder, 'fabric.yaml'),
    `name: rack7
networks:
  storage: { id: 42, subnet: 192.168.10.0/24 }
hosts:
  alpha:
    connect: sim:connectx5
    datapath: legacy-vlan
    nic: "0000:03:00"
    guests:
      ceph1: { netns: true, networks: { storage: 192.168.10.2/24 } }
      db: { vm: { cpus: 1, memory: 1G, disk: debian-13.qcow2 }, networks: { storage: 192.168.10.3/24 } }
`,
  );
});

function sh(line: string) {
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, VFLANE_VAR_DIR: join(folder, 'var') };
  return spawnSync('sh', ['-c', line], { cwd: folder, env, encoding: 'utf8', timeout: 60_000 });
}

/** Runs a shell line; one that needs neither a shell nor its own stdout runs without a process. */
async function ran(line: string): Promise<Said> {
  const [, words] = /^vflane (?!sim exec|sim log)([^<>|&;$"'`]*)$/.exec(line) ?? [];
  if (words !== undefined)
    return vflaneHere(words.split(' '), folder, { VFLANE_VAR_DIR: join(folder, 'var') });
  const { status, stdout, stderr } = sh(line);
  return { code: status ?? -1, stdout, stderr };
}

/** Verbs that a machine without a lab cannot run. */
const needsLab = ['lab up', 'lab ssh', 'lab serve-switches'];

describe('the example of', () => {
  test.each(verbs.filter((verb) => !needsLab.includes(verb.name)).map((verb) => [verb.name, verb.example]))(
    '%s runs',
    async (_, example) => {
      const { code, stdout, stderr } = await ran(example);
      // 2: something differs, as it may before apply; 4: nothing to confirm or to resume.
      expect([0, 2, 4], `${stdout}${stderr}`).toContain(code);
      expect(stderr).not.toContain('VF9000');
    },
  );
});

describe('bin/vflane', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

  test('prints the version, however it is called', () => {
    symlinkSync(join(bin, 'vflane'), join(folder, 'vfl'));
    for (const line of [
      'vflane --version',
      'vflane -V',
      'vflane version',
      './vfl version',
      `${bin}/vflane version`,
    ]) {
      expect(sh(line)).toMatchObject({ status: 0, stdout: `${version}\n` });
    }
    expect(sh(`node ${root}/dist/vflane.cjs --version`).stdout).toBe(`${version}\n`);
  });

  test('says what to do in a checkout without node_modules', () => {
    const checkout = join(folder, 'checkout');
    mkdirSync(join(checkout, 'src'), { recursive: true });
    cpSync(bin, join(checkout, 'bin'), { recursive: true });
    const { status, stderr } = sh('checkout/bin/vflane validate');
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('run npm ci in') });
  });

  test('ends quietly when its reader closes the pipe', () => {
    expect(sh('vflane explain | head -n 1').stderr).toBe('');
    expect(sh('vflane schema | true').stderr).toBe('');
  });

  test('says so if the result cannot be written', () => {
    const { status, stderr } = sh('vflane schema > /dev/full');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^vflane: .*ENOSPC.*\n$/),
    });
  });

  test('writes all of a long result into a pipe before it ends', () => {
    expect(() => JSON.parse(sh('vflane schema | cat').stdout)).not.toThrow();
  });
});
