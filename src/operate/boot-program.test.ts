import { expect, test } from 'vitest';
import type { HostReader } from '../host/host.ts';
import { bootPlaces, copies } from '../model/boot.ts';
import { bootProgramOf } from './boot-program.ts';

const reader = { readFile: async (path: string) => `text of ${path}` } as unknown as HostReader;
const sha = 'a'.repeat(64);

test.each([
  ['installed', ['/usr/bin/node', '/usr/lib/vflane/vflane.cjs'], '/usr/lib/vflane/vflane.cjs', undefined],
  ['copied over ssh', ['/usr/bin/node', copies.pathOf(sha)], bootPlaces.program, sha],
])('vflane that is %s is started by the host itself', async (_how, self, file, program) => {
  const { command, program: kept } = await bootProgramOf(reader, self);
  expect(command).toEqual(['/usr/bin/node', file, 'agent', '--boot']);
  expect(kept).toBe(program);
});

test('the copy that the host has started itself is the one it keeps', async () => {
  const { command, program } = await bootProgramOf(reader, ['/usr/bin/node', bootPlaces.program]);
  expect(command[1]).toBe(bootPlaces.program);
  expect(program).toMatch(/^[0-9a-f]{64}$/);
});
