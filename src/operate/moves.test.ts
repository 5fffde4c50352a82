import { expect, test } from 'vitest';
import type { Plan } from '../model/plan.ts';
import { exchanges, inTurns, mayBeElsewhere, movesOf } from './moves.ts';

const plan = (host: string, has: readonly string[], leaves: readonly string[] = []): Plan => ({
  host,
  basis: '',
  steps: [],
  allocation: Object.fromEntries(has.map((guest, index) => [`${guest}/storage`, index])),
  leaves,
  findings: [],
});

test('a guest moves if one host loses what another is to have', () => {
  const plans = [plan('alpha', ['web'], ['db', 'old']), plan('beta', ['db', 'mail'])];
  expect(movesOf(plans)).toEqual([{ guest: 'db', from: 'alpha', to: 'beta' }]);
});

test('each host waits for the one that its guest comes from, and nobody else does', () => {
  const moves = movesOf([plan('a', ['x'], ['y']), plan('b', ['y'], ['z']), plan('c', ['z']), plan('d', [])]);
  expect(inTurns(['c', 'b', 'a', 'd'], moves)).toEqual([['a', 'd'], ['b'], ['c']]);
  expect(exchanges(['a', 'b', 'c', 'd'], moves)).toEqual([]);
});

test('hosts that exchange guests are reported, by guest', () => {
  const moves = movesOf([plan('a', ['y'], ['x']), plan('b', ['x'], ['y']), plan('c', [])]);
  expect(inTurns(['a', 'b', 'c'], moves)).toEqual([['c'], ['a', 'b']]);
  const found = exchanges(['a', 'b', 'c'], moves);
  expect(found.map(({ where }) => [where.host, where.at])).toEqual([
    ['a', 'y'],
    ['b', 'x'],
  ]);
});

test('if a host does not answer, the others’ guests that it may still have are named', () => {
  const has = (host: string, before: readonly string[], now: readonly string[]) => {
    const { allocation } = plan(host, before);
    return {
      host,
      value: { plan: plan(host, now), fold: { ledger: { entries: new Map(), allocation }, history: [] } },
    };
  };
  const silent = { host: 'gamma', trouble: { kind: 'unreachable', message: '', hint: '' } } as const;
  const answered = [has('alpha', ['db'], ['db', 'web']), has('beta', ['mail'], ['mail'])];
  expect(mayBeElsewhere(answered, [])).toEqual([]);
  expect(mayBeElsewhere([...answered, silent], [])).toMatchObject([
    {
      code: 'VF3026',
      where: { host: 'alpha' },
      message: expect.stringMatching(/ web; .*: gamma cannot be asked/),
    },
  ]);
  expect(mayBeElsewhere(answered, ['gamma'])).toMatchObject([
    { code: 'VF3026', message: expect.stringMatching(/ web; .*: gamma is left out by --host/) },
  ]);
});
