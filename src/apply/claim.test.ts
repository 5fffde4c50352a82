import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../model/ledger.ts';
import type { Change } from '../model/plan.ts';
import { claim, reversed } from './claim.ts';

function folded(...changes: readonly Change[]): LedgerEntry | undefined {
  const entries = new Map<string, LedgerEntry>();
  for (const change of changes) claim(entries, change);
  return entries.get('num-vfs p');
}

const pool = (from: number | null, to: number | null): Change => ({ resource: 'num-vfs', at: 'p', from, to });
const adopted: Change = { ...pool(2, 2), adopts: true };

describe('what is adopted', () => {
  test('is answered for in the state it was found in', () => {
    expect(folded(adopted)).toMatchObject({ value: 2, was: 2 });
  });

  test('is given back by the reverse change, and by forgetting', () => {
    expect(folded(adopted, reversed(adopted))).toBeUndefined();
    expect(folded(adopted, pool(2, 2))).toBeUndefined();
  });

  test('goes back to what was found once it was changed', () => {
    expect(folded(adopted, pool(2, 4))).toMatchObject({ value: 4, was: 2 });
    expect(folded(adopted, pool(2, 4), pool(4, 8))).toMatchObject({ value: 8, was: 2 });
  });

  test('is vflane’s own once a reboot took it and vflane recreated it', () => {
    expect(folded(adopted, pool(null, 2))).toMatchObject({ value: 2, was: null });
  });

  test('is not adopted a second time', () => {
    expect(folded(pool(null, 2), adopted)).toMatchObject({ value: 2, was: null });
  });
});
