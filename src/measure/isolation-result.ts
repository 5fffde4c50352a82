/**
 * - `held`: sent, and it did not arrive; `leaked`: it arrived, and must not have;
 * - `carried`: a network's own traffic, which arrived; `silent`: it did not: what does not arrive there proves nothing;
 * - `passes`: it arrived, and nothing was promised; `untried`: it cannot be sent between these.
 */
export type Verdict = 'held' | 'leaked' | 'carried' | 'silent' | 'passes' | 'untried';

/** What came of one kind of frame from one network to another. */
export interface Cell {
  readonly from: string;
  readonly to: string;
  readonly attack: string;
  readonly verdict: Verdict;
  /** Pairs of guests between which it was sent. */
  readonly tried: number;
  /** `web/storage → db/storage`, as far as it arrived. */
  readonly arrived: readonly string[];
  /** Why a leak was to be expected here, and where that is written. */
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
