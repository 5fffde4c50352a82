import { expect, test } from 'vitest';
import { oneLine } from './one-line.ts';

test('what a program in a guest has said moves no cursor, and is one line', () => {
  expect(oneLine('no libgcc_s\nAborted\n')).toBe('no libgcc_s; Aborted');
  expect(oneLine('\u001b[2Jgone\r')).toBe('\\u001b[2Jgone');
});
