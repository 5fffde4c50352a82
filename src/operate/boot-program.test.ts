import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { HostReader } from '../host/host.ts';
import { bootPlaces, copies } from '../model/boot.ts';
import { bootProgramOf } from './boot-program.ts';

const reader = { readFile: async (path: string) => `text of ${path}` } as unknown as HostReader;
const sha = 'a'.repeat(64);

test.each([
  ['installed', ['/usr/bin/node', '/usr/lib/vflane/vflane.cjs'], '/usr/lib/vflane/vflane.cjs', undefined],
  ['copied over ssh', ['/usr/bin/node', copies.pathOf(sha)], bootPlaces.program, sha],
])('the host itself starts vflane that is %s', async (_how, self, file, program) => {
  const { command, program: kept, snapshot } = await bootProgramOf(reader, self);
  expect(command.slice(3)).toEqual(['/usr/bin/node', bootPlaces.snapshot, file, '/usr/bin/node']);
  expect(kept).toBe(program);
  expect(snapshot).toMatchObject({ node: '/usr/bin/node', program: file });
});

test('the copy that the host has started itself is the one it keeps', async () => {
  const { command, program } = await bootProgramOf(reader, ['/usr/bin/node', bootPlaces.program]);
  expect(command[5]).toBe(bootPlaces.program);
  expect(program).toMatch(/^[0-9a-f]{64}$/);
});

test('Node is read from its first page to its last before it is started, with its large libraries', async () => {
  const maps = [
    '7f00-7f01 r--p 00000000 fe:00 1 /usr/lib/x86_64-linux-gnu/libnode.so.115',
    '7f01-7f02 r-xp 00001000 fe:00 1 /usr/lib/x86_64-linux-gnu/libnode.so.115',
    '7f02-7f03 r-xp 00002000 fe:00 1 /usr/lib/x86_64-linux-gnu/libnode.so.115',
    '7f03-7f04 r-xp 00001000 fe:00 2 /usr/lib/x86_64-linux-gnu/libicudata.so.76.1',
    '7f04-7f05 r-xp 00001000 fe:00 3 /usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.33',
    '7f05-7f06 r-xp 00001000 fe:00 4 /usr/lib/x86_64-linux-gnu/libnss_files.so.2',
  ].join('\n');
  const asking = { readFile: async () => maps } as unknown as HostReader;
  const { command } = await bootProgramOf(asking, ['/usr/bin/node', '/a.cjs']);
  const folder = '/usr/lib/x86_64-linux-gnu';
  expect(command.slice(6)).toEqual([
    '/usr/bin/node',
    `${folder}/libnode.so.115`,
    `${folder}/libstdc++.so.6.0.33`,
  ]);
});

test('a different program needs a different snapshot', async () => {
  const ids = await Promise.all(
    ['/a.cjs', '/b.cjs'].map(async (file) => (await bootProgramOf(reader, ['node', file])).snapshot?.id),
  );
  expect(ids[0]).not.toBe(ids[1]);
});

describe('the command', () => {
  /** Stands for Node: says how it was started, and with a snapshot ends as it is told to. */
  async function started(end: string) {
    const folder = mkdtempSync(join(tmpdir(), 'vflane-boot-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const node = join(folder, 'node');
    writeFileSync(node, `#!/bin/sh\necho "$@"; case $1 in --snapshot-blob) ${end};; esac\n`, { mode: 0o755 });
    const { command } = await bootProgramOf(reader, [node, '/usr/lib/vflane/vflane.cjs']);
    const [shell = '', ...words] = command;
    const { status, stdout } = spawnSync(shell, words, { encoding: 'utf8' });
    return { status, starts: stdout.trim().split('\n') };
  }
  const plain = '/usr/lib/vflane/vflane.cjs agent --boot';

  test.each([
    ['0', 'exit 0', 0],
    ['what vflane ends with', 'exit 5', 5],
  ])('ends as the snapshot’s program %s', async (_what, end, status) => {
    const ended = await started(end);
    expect(ended).toEqual({ status, starts: [`--snapshot-blob ${bootPlaces.snapshot} agent --boot`] });
  });

  test.each([
    ['is not this Node’s', 'exit 14'],
    ['is damaged', 'kill -ABRT $$'],
  ])('starts the program itself if the snapshot %s', async (_what, end) => {
    const { status, starts } = await started(end);
    expect([status, starts[1]]).toEqual([0, plain]);
  });
});
