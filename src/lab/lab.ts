import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { type BringUp, bringUp } from './bring-up.ts';
import { LabError, withLabErrors } from './errors.ts';
import { checkHostName, type LabRecord, makeLabFolder, readRecord } from './folder.ts';
import { withLabForced, withLabLock } from './lab-lock.ts';
import { checkNeeds } from './needs.ts';
import { labSshConfig, runningHosts } from './status.ts';
import { stopAll } from './stop.ts';

/** The names of a lab's first `count` hosts. */
export function labHostNames(count: number): readonly string[] {
  const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta'];
  return Array.from({ length: count }, (_, index) => names[index] ?? `host-${index + 1}`);
}

export interface LabUp extends BringUp {
  readonly dir: string;
  /** This process ends cleanly on SIGTERM, which `lab down` may send. */
  readonly interruptible?: boolean;
}

export interface Lab extends LabRecord {
  readonly dir: string;
  readonly sshConfig: string;
}

/**
 * Builds what is missing, starts every host afresh, and returns when all answer by ssh.
 * If one does not, everything is stopped again.
 */
export function labUp(options: LabUp): Promise<Lab> {
  return withLabErrors(async () => {
    for (const name of options.hosts) checkHostName(name);
    checkNeeds();
    const dir = makeLabFolder(options.dir);
    const interruptible = options.interruptible === true;
    return withLabLock(dir, { interruptible }, async () => {
      checkNotUp(dir);
      return { ...(await bringUp(dir, options)), dir, sshConfig: labSshConfig(dir) };
    });
  });
}

/** A lab whose start was cut short is not up: its running parts are stopped, and it starts anew. */
function checkNotUp(dir: string): void {
  const running = runningHosts(dir);
  if (running.length === 0 || readRecord(dir)?.starting) return;
  const message = `the lab in ${dir} is up, with ${running.join(', ')}`;
  throw new LabError('LAB_ALREADY_UP', message, '`vflane lab status`, or `vflane lab down`');
}

interface LabDown {
  readonly dir: string;
  /** Remove the lab's folder too. */
  readonly purge?: boolean;
  /** How long to wait for another command on the lab that cannot be interrupted. */
  readonly waitMs?: number;
}

/** Stops every process of the lab, and a running `lab up`. A second call finds nothing to do. */
export function labDown(options: LabDown): Promise<{ readonly stopped: readonly string[] }> {
  const { purge = false, waitMs = 15_000 } = options;
  const dir = resolve(options.dir);
  return withLabErrors(async () => {
    if (!existsSync(dir)) return { stopped: [] };
    return withLabForced(dir, waitMs, async () => {
      const stopped = await stopAll(dir, readRecord(dir)?.hosts ?? []);
      if (purge) rmSync(dir, { recursive: true, force: true });
      return { stopped };
    });
  });
}
