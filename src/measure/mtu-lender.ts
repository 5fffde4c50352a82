import type { Finding } from '../model/finding.ts';

/** Gives the measured guests a smaller MTU for a while. */
export interface MtuLender {
  /**
   * @param withinMs after which the hosts give back by themselves
   * @returns empty where that is done; else why not, and nothing is lent
   */
  lend(mtu: number, withinMs: number): Promise<readonly Finding[]>;
  /** Gives them their own back. @returns what was wrong: they could not be given it, or had it too early */
  giveBack(): Promise<readonly Finding[]>;
}
