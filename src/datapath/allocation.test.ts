import { describe, expect, test } from 'vitest';
import { allocate } from './allocation.ts';

describe('allocate', () => {
  test('keeps what an attachment had, and gives the lowest free index', () => {
    expect(allocate(['a/x', 'b/x', 'c/x'], { 'b/x': 0, 'gone/x': 1 }, 4, {})).toEqual({
      'a/x': 1,
      'b/x': 0,
      'c/x': 2,
    });
  });

  test('what the file names counts before what was remembered', () => {
    expect(allocate(['a/x', 'b/x', 'c/x'], { 'a/x': 1, 'b/x': 0 }, 4, { 'c/x': 1 })).toEqual({
      'a/x': 2,
      'b/x': 0,
      'c/x': 1,
    });
    expect(allocate(['a/x', 'b/x'], { 'a/x': 0, 'b/x': 1 }, 2, { 'a/x': 1, 'b/x': 0 })).toEqual({
      'a/x': 1,
      'b/x': 0,
    });
  });

  test('a full pool has none left for the last one', () => {
    expect(allocate(['a/x', 'b/x'], {}, 1, { 'b/x': 0 })).toEqual({ 'b/x': 0 });
  });
});
