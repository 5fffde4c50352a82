import type { Finding } from '../model/finding.ts';
import type { CutPort } from '../operate/plan-cut.ts';

export type CutWay = 'admin' | 'carrier' | 'pull' | 'switch';

/** How a test takes a port's road away and gives it back. */
export interface Cutter {
  readonly how: CutWay;
  /** Empty where that is done; else why not, and nothing was done. */
  down(port: CutPort): Promise<readonly Finding[]>;
  /** Gives back what was taken last, and does nothing where nothing is. */
  up(): Promise<readonly Finding[]>;
}
