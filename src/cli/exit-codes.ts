/** What the process ends with. */
export const exitCodes = {
  asAsked: 0,
  failed: 1,
  /** Changes pending, drift, findings of severity error. */
  differs: 2,
  fileWrong: 3,
  preconditionsNotMet: 4,
  rolledBack: 5,
  rollbackIncomplete: 6,
  lockedOrStale: 7,
  unreachable: 8,
  thresholdCrossed: 9,
  usage: 64,
} as const;

/** Worst first: what a person has to know about when hosts end differently. */
const order: readonly number[] = [
  exitCodes.rollbackIncomplete,
  exitCodes.failed,
  exitCodes.rolledBack,
  exitCodes.unreachable,
  exitCodes.lockedOrStale,
  exitCodes.preconditionsNotMet,
  exitCodes.thresholdCrossed,
  exitCodes.differs,
  exitCodes.asAsked,
];

/** The exit code for several hosts: the first in this order that one of them earned; 0 for none. */
export function firstEarned(codes: readonly number[]): number {
  const unknown = codes.find((code) => !order.includes(code));
  if (unknown !== undefined) throw new Error(`no host can earn exit code ${unknown}`);
  return order.find((code) => codes.includes(code)) ?? exitCodes.asAsked;
}

/** For `--help` and the manual. */
export const exitCodeTexts: readonly (readonly [number, string])[] = [
  [exitCodes.asAsked, 'done as asked'],
  [exitCodes.failed, 'failed'],
  [exitCodes.differs, 'differs: changes pending, drift, findings of severity error'],
  [exitCodes.fileWrong, 'the file is wrong'],
  [exitCodes.preconditionsNotMet, 'preconditions not met'],
  [exitCodes.rolledBack, 'failed and rolled back, verified'],
  [exitCodes.rollbackIncomplete, 'rollback incomplete: it says what remains'],
  [exitCodes.lockedOrStale, 'locked, or the plan is stale'],
  [exitCodes.unreachable, 'host unreachable'],
  [exitCodes.thresholdCrossed, 'a threshold was crossed'],
  [exitCodes.usage, 'wrong usage'],
];
