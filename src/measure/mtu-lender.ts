import type { Finding } from '../model/finding.ts';

/** Gives the measured guests a smaller MTU for a while. */
export interface MtuLender {
  /**
   * @param withinMs after which the hosts restore it by themselves
   * @returns empty if that was done; otherwise why not, and nothing is lent
   */
  lend(mtu: number, withinMs: number): Promise<readonly Finding[]>;
  /** Restores their own. @returns what went wrong: it could not be restored, or had been too early */
  giveBack(): Promise<readonly Finding[]>;
}
