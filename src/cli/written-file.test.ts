import { lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { putNamedFile } from './written-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-written-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a file is put in place whole', async () => {
  const path = join(folder, 'page.html');
  await putNamedFile(path, 'old', 0o600);
  await putNamedFile(path, 'new', 0o600);
  expect([readFileSync(path, 'utf8'), lstatSync(path).mode & 0o777]).toEqual(['new', 0o600]);
});

test('a link to a device stays what it is', async () => {
  const link = join(folder, 'stdout');
  symlinkSync('/dev/null', link);
  await putNamedFile(link, 'page');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

test('a full device is told of', async () => {
  const link = join(folder, 'full');
  symlinkSync('/dev/full', link);
  await expect(putNamedFile(link, 'page')).rejects.toThrow('ENOSPC');
});
