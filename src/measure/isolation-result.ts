/**
 * - `held`: it was sent, and did not arrive; `leaked`: it arrived, though it must not;
 * - `carried`: a network's own traffic, which arrived; `silent`: it did not, so what else does not arrive there proves nothing;
 * - `passes`: it arrived, and nothing was promised; `untried`: it cannot be sent between these guests.
 */
export type Verdict = 'held' | 'leaked' | 'carried' | 'silent' | 'passes' | 'untried';

/** The result for one kind of frame from one network to another. */
export interface Cell {
  readonly from: string;
  readonly to: string;
  readonly attack: string;
  readonly verdict: Verdict;
  /** Pairs of guests between which it was sent. */
  readonly tried: number;
  /** `web/storage → db/storage`, as far as it arrived. */
  readonly arrived: readonly string[];
  /** Why a leak was to be expected here, and where that is documented. */
  readonly expected?: string;
}

export interface IsolationResult {
  readonly networks: readonly string[];
  readonly attacks: readonly string[];
  readonly guests: readonly string[];
  readonly cells: readonly Cell[];
  /** Why what did not arrive proves nothing. */
  readonly provesNothing: readonly string[];
  readonly partial?: string;
}
