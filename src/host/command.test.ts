import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { runCommand } from './command.ts';

/** Blocks this whole process, as a host does that gives it no processor. */
function hold(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

// One child's end may be noticed along with another's (libuv, uv__wait_children), before the first one's output is read;
// a process that then gets no processor sees every deadline pass before it reads.
it('a command’s output is read, however late its end is handled', async () => {
  const other = spawn('sh', ['-c', 'echo other'], { stdio: ['ignore', 'pipe', 'ignore'] });
  other.stdout.once('data', () => hold(400));
  other.once('exit', () => setImmediate(() => hold(1_200)));
  const argv = ['sh', '-c', 'sleep 0.3; echo said'];
  const ran = runCommand({ host: 'here', argv, stdin: undefined, timeoutMs: 10_000, env: process.env });
  hold(150);
  expect(await ran).toMatchObject({ stdout: 'said\n' });
});
