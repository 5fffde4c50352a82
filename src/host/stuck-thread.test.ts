import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { bundleProgram } from '../../tests/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-stuck-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Opens a pipe that nobody writes to, which blocks the thread, and exits while it is blocked or after its release. */
const program = join(folder, 'open.cjs');
bundleProgram(
  `import { closeSync, openSync } from 'node:fs';
   import { open } from 'node:fs/promises';
   import { exitDespite } from './src/host/stuck-thread.ts';
   const [, , pipe = '', letGo] = process.argv;
   const opening = open(pipe, 'r');
   exitDespite(opening);
   console.log('said');
   if (letGo === undefined) process.exit(3);
   closeSync(openSync(pipe, 'r+'));
   opening.then((file) => file.close()).then(() => process.exit(3));`,
  program,
);
const pipe = join(folder, 'pipe');
spawnSync('mkfifo', [pipe]);

it('a process whose thread the kernel blocks still exits', () => {
  const ran = spawnSync(process.execPath, [program, pipe], { encoding: 'utf8', timeout: 20_000 });
  expect(ran).toMatchObject({ signal: 'SIGKILL', stdout: 'said\n' });
});

it('exits with its own code once the kernel has released the thread', () => {
  const ran = spawnSync(process.execPath, [program, pipe, 'let go'], { encoding: 'utf8', timeout: 20_000 });
  expect(ran).toMatchObject({ status: 3, stdout: 'said\n' });
});
