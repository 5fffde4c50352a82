import { startSwitches } from './boot.ts';
import { LabError, withLabErrors } from './errors.ts';
import { withLabLock } from './lab-lock.ts';
import { runningHosts } from './status.ts';
import { switchesRun } from './switch-client.ts';

/**
 * Restarts the switches of a running lab if they have died; its hosts reconnect by themselves.
 * @param argv as in `BringUp.serveSwitches`
 * @returns whether they had to be started. Throws LAB_NOT_UP if no host runs.
 */
export function reviveSwitches(dir: string, argv: readonly string[]): Promise<boolean> {
  return withLabErrors(async () => {
    if (switchesRun(dir)) return false;
    if (runningHosts(dir).length === 0) {
      throw new LabError('LAB_NOT_UP', `no host of the lab in ${dir} runs`, '`vflane lab up`');
    }
    return withLabLock(dir, { waitMs: 10_000 }, async () => {
      if (switchesRun(dir)) return false;
      await startSwitches(dir, argv);
      return true;
    });
  });
}
