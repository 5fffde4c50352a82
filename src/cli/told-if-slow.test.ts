import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toldIfSlow } from './told-if-slow.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function answerAfter(ms: number): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve('there'), ms));
}

test.each([
  ['a host that answers at once', 4_000, []],
  ['one that is slow', 20_000, ['alpha: no answer yet']],
])('%s is reported as it is', async (_what, ms, told) => {
  const lines: string[] = [];
  const wait = toldIfSlow({ log: (line) => lines.push(line) }, 'alpha: no answer yet', answerAfter(ms));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await wait).toBe('there');
  expect(lines).toEqual(told);
});

test('a host that cannot be reached is its own error', async () => {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  await expect(
    toldIfSlow({ log }, 'alpha: no answer yet', Promise.reject(new Error('refused'))),
  ).rejects.toThrow('refused');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lines).toEqual([]);
});
