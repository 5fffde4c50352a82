import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { runCommand } from './command.ts';

/** Holds this whole process, as a host does that gives it no processor. */
function hold(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

// The end of one child is noticed with that of another (libuv, uv__wait_children), before the first one's output was read;
// a process that then gets no time finds every deadline passed first.
it('what a command has said is read, however late its end is dealt with', async () => {
  const other = spawn('sh', ['-c', 'echo other'], { stdio: ['ignore', 'pipe', 'ignore'] });
  other.stdout.once('data', () => hold(400));
  other.once('exit', () => setImmediate(() => hold(1_200)));
  const argv = ['sh', '-c', 'sleep 0.3; echo said'];
  const ran = runCommand({ host: 'here', argv, stdin: undefined, timeoutMs: 10_000, env: process.env });
  hold(150);
  expect(await ran).toMatchObject({ stdout: 'said\n' });
});
