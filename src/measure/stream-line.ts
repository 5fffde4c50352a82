/** What one end reports a few times a second. Times are microseconds of its own monotonic clock. */
export interface StreamLine {
  /** When it reported this. */
  readonly at: number;
  /** Number of the first of `sent`. */
  readonly from: number;
  /** When each was handed to the kernel; -1: never, because this end stood still. */
  readonly sent: readonly number[];
  /** Number, and when it arrived here: each a pair, one behind the other. */
  readonly got: readonly number[];
  /** How many the kernel has refused to send so far. */
  readonly refused: number;
  /** How many arrived but were dropped for lack of buffer space, since the namespace was made. */
  readonly overrun: number;
  /** Which member of a bond became active, and when; empty if it has none. Absent if no bond is watched. */
  readonly active?: readonly (readonly [number, string])[];
}

/** Undefined for any other line. */
export function parseStreamLine(text: string): StreamLine | undefined {
  try {
    const {
      at,
      from,
      sent,
      got,
      refused,
      overrun = 0,
      active = [],
    } = JSON.parse(text) as Partial<StreamLine>;
    const whole =
      isNumber(at) &&
      isNumber(from) &&
      isNumber(refused) &&
      areNumbers(sent) &&
      areNumbers(got) &&
      areChanges(active);
    return whole && got.length % 2 === 0 ? { at, from, sent, got, refused, overrun, active } : undefined;
  } catch {
    return undefined;
  }
}

const areChanges = (value: unknown): value is readonly (readonly [number, string])[] =>
  Array.isArray(value) &&
  value.every((one) => Array.isArray(one) && isNumber(one[0]) && typeof one[1] === 'string');
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const areNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every(isNumber);
