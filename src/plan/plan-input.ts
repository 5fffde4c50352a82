import type { Allocation, HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import type { Ledger } from '../model/ledger.ts';
import type { Wants } from './differences.ts';

/** All that a plan is made from. */
export interface PlanInput {
  readonly host: string;
  readonly state: HostState;
  readonly ledger: Ledger;
  readonly wants: Wants;
  /** Absent if nothing is wanted any more, or only what was there before. */
  readonly spec?: HostSpec;
  readonly allocation: Allocation;
  readonly allowDisruption: boolean;
  /** What is already gone is struck from the ledger, even if there is nothing else to do. */
  readonly forgets?: boolean;
}
