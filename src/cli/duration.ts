import { UsageError } from './usage-error.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `60s`, `500ms`, `2m` → milliseconds. @throws UsageError */
export function durationMs(option: string, text: string): number {
  const [, amount, unit = 's'] = /^(\d{1,6})(ms|s|m|h)?$/.exec(text) ?? [];
  const factor = units[unit];
  if (amount === undefined || factor === undefined || Number(amount) === 0) {
    throw new UsageError(`${option} ${text} is not a length of time`, 'Write it as 60s, 2m or 1h.');
  }
  return Number(amount) * factor;
}
