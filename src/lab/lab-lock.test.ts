import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labDown } from './lab.ts';
import { withLabLock } from './lab-lock.ts';
import { poll } from './wait.ts';

let dir: string;
let other: ChildProcess | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vflane-lab-lock-'));
});
afterEach(() => {
  other?.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Another command at work on the lab, as seen in its lock: it writes its pid if it can be interrupted. */
async function atWork(pid: string, whenTold: string): Promise<void> {
  const script = `exec 9>>lock; flock 9; printf '%s' ${pid} > lock; trap '${whenTold}' TERM; touch begun; while :; do sleep 0.05; done`;
  other = spawn('bash', ['-c', script], { cwd: dir, stdio: 'ignore' });
  await poll(5_000, 10, () => existsSync(join(dir, 'begun')));
}

describe('lab down while another command is at work', () => {
  it('ends it if it can be interrupted, and lets it tidy up first', async () => {
    await atWork('$$', 'touch tidied; exit 0');
    expect(await labDown({ dir })).toEqual({ stopped: [] });
    expect(existsSync(join(dir, 'tidied'))).toBe(true);
  });

  it('waits for one that cannot, but not forever', async () => {
    await atWork('""', 'true');
    await expect(labDown({ dir, waitMs: 100 })).rejects.toMatchObject({ code: 'LAB_BUSY' });
    setTimeout(() => other?.kill('SIGKILL'), 100);
    expect(await labDown({ dir, waitMs: 5_000 })).toEqual({ stopped: [] });
  });

  it('kills no process that has the pid of one that is gone', async () => {
    await withLabLock(dir, { interruptible: true }, async () => {});
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    await atWork(String(stranger.pid), 'true');
    await expect(labDown({ dir, waitMs: 100 })).rejects.toMatchObject({ code: 'LAB_BUSY' });
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill('SIGKILL');
  });
});
