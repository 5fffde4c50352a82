import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blocksOf } from './blocks.ts';
import { cellName, type Suite, suiteOf, tooLargeFor } from './suite.ts';

const byNetdev = (suite: Suite): Suite => ({ ...suite, mtuBy: 'netdev' });
const inBrief = (suite: Suite, own: number) =>
  blocksOf(suite, own).map(({ mtu, turns }) => [
    mtu,
    new Set(turns.map(({ cell }) => cellName(cell))).size,
    turns.length,
  ]);

describe('guests get another MTU as seldom as can be', () => {
  test('once in the seed’s suite', () => {
    expect(inBrief(byNetdev(suiteOf('seed', 9000)), 9000)).toEqual([
      [1500, 1, 3],
      [undefined, 3, 9],
    ]);
  });

  test('twice by default, before the others and after them', () => {
    expect(inBrief(byNetdev(suiteOf('default', 9000)), 9000)).toEqual([
      [1500, 2, 10],
      [undefined, 7, 70],
      [1500, 2, 10],
    ]);
  });

  test('never where their own is the smallest, or is to be kept', () => {
    expect(inBrief(byNetdev(suiteOf('seed', 1500)), 1500)).toEqual([[undefined, 2, 6]]);
    expect(inBrief(suiteOf('default', 9000), 9000)).toEqual([[undefined, 9, 90]]);
  });
});

test('every run of every cell is done once, at its MTU', () => {
  const suites = fc.record({
    name: fc.constantFrom('seed' as const, 'default' as const),
    own: fc.integer({ min: 1280, max: 9000 }),
    runs: fc.integer({ min: 1, max: 7 }),
    netdev: fc.boolean(),
  });
  fc.assert(
    fc.property(suites, ({ name, own, runs, netdev }) => {
      const suite = suiteOf(name, own, { runs });
      const blocks = blocksOf(netdev ? byNetdev(suite) : suite, own);
      const done = blocks.flatMap(({ turns }) => turns.map(({ cell, run }) => `${cellName(cell)} ${run}`));
      expect(done.toSorted()).toEqual([...new Set(done)].toSorted());
      expect(done).toHaveLength(suite.cells.length * runs);
      for (const { mtu, turns } of blocks.filter((block) => block.mtu !== undefined))
        expect(turns.every(({ cell }) => cell.kind === 'throughput' && cell.mtu === mtu)).toBe(true);
    }),
  );
});

test('what guests are too small for is told', () => {
  expect(tooLargeFor('seed', 1450).map(cellName)).toEqual(['1500/2 both', '9000/2 both', '9000/6 both']);
  expect(tooLargeFor('seed', 1500, { only: ['9000/2'] }).map(cellName)).toEqual(['9000/2 both']);
  expect(tooLargeFor('default', 1450)).toEqual([]);
});
