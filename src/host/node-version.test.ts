import { expect, test } from 'vitest';
import { wrongNode } from './node-version.ts';

test.each(['v20.19.0', 'v20.19.2', 'v22.4.1', process.version])('%s is new enough', (version) => {
  expect(wrongNode(version)).toBeUndefined();
});

test.each([
  ['v18.20.4', 'Node.js v18.20.4 there is older than 20.19'],
  ['v20.18.3', 'Node.js v20.18.3 there is older than 20.19'],
  ['none', 'Node.js is not installed there'],
  ['what?', 'Node.js what? there is older than 20.19'],
])('%s is not', (version, said) => {
  expect(wrongNode(version)).toBe(said);
});
