import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { powerScript } from './power-script.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-power-'));
const script = join(folder, 'power');
writeFileSync(script, powerScript);
afterAll(() => rmSync(folder, { recursive: true }));

/** A QEMU of this version, which says what it is started with. */
function qemu(version: string): string {
  const path = join(folder, `qemu-${version}`);
  const says = `#!/bin/sh\n[ "$1" != --version ] || exec echo "QEMU emulator version ${version} (Debian 1:${version})"\nprintf '%s\\n' "$@"\n`;
  writeFileSync(path, says);
  chmodSync(path, 0o755);
  return path;
}

test.each([
  ['7.2.22', '-runas', '4242:4242'],
  ['9.0.4', '-runas', '4242:4242'],
  ['9.1.0', '-run-with', 'user=4242:4242'],
  ['10.0.13', '-run-with', 'user=4242:4242'],
])('QEMU %s is told by %s to be another user', (version, ...told) => {
  const said = execFileSync('perl', [script, 'run', '4242', qemu(version), '-name', 'guest=a b'], {
    encoding: 'utf8',
  });
  expect(said.trimEnd().split('\n')).toEqual(['-name', 'guest=a b', ...told]);
});

test('what is no QEMU is not run as root', () => {
  const ended = spawnSync('perl', [script, 'run', '4242', '/bin/true', '-name'], { encoding: 'utf8' });
  expect(ended.status).not.toBe(0);
  expect(ended.stderr).toContain('vflane: /bin/true does not say its version');
});

test('a QEMU that has ended is not waited for', () => {
  const gone = spawnSync('true').pid;
  const began = performance.now();
  const ended = spawnSync('perl', [script, 'up', join(folder, 'none.sock'), '60'], {
    encoding: 'utf8',
    env: { ...process.env, MAINPID: `${gone}` },
  });
  expect(ended).toMatchObject({ status: 1, stderr: 'vflane: QEMU has ended\n' });
  expect(performance.now() - began).toBeLessThan(30_000);
});
