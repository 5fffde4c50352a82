import { expect, test } from 'vitest';
import { type CheckInput, checksOf } from './checks.ts';

test('what somebody else has made is shown by its beginning only', () => {
  const xml = `<domain>${'<password>'.repeat(1_000)}</domain>`;
  const input = {
    host: 'alpha',
    ledger: { entries: new Map(), allocation: {} },
    differences: [{ resource: 'vm-domain', at: 'db', have: { domain: 'of somebody else' }, want: xml }],
    haves: new Map(),
    wants: new Map(),
    steps: [],
    occupancy: { owners: new Map(), users: new Map() },
    state: { pfs: [], links: [] },
  } as unknown as CheckInput;
  const found = checksOf(input).find(({ code }) => code === 'VF3002');
  expect(found?.message).toMatch(
    /^alpha: vm-domain at db is domain of somebody else, wanted .*… \(--json has all of it\), and vflane did not make it$/,
  );
  expect(found?.message.length).toBeLessThan(600);
});
