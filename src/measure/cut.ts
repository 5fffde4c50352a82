import type { Finding } from '../model/finding.ts';
import type { CutPort } from '../operate/plan-cut.ts';

export type CutWay = 'admin' | 'carrier' | 'pull' | 'switch';

/** How a test cuts a port off and restores it. */
export interface Cutter {
  readonly how: CutWay;
  /** Empty if it was done; otherwise why not, and nothing was done. */
  down(port: CutPort): Promise<readonly Finding[]>;
  /** Restores what was cut last; does nothing if nothing is. */
  up(): Promise<readonly Finding[]>;
}
