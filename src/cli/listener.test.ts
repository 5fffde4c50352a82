import { expect, test } from 'vitest';
import { heardIn } from './listener.ts';

test.each([
  ['{"changed":["links"]}', { changed: ['links'] }],
  ['{"listening":["links"],"deaf":[]}', { listening: ['links'], deaf: [] }],
  ['null', {}],
  ['{"deaf":7,"changed":{}}', {}],
  ['Last login: yesterday', {}],
])('%s', (line, heard) => {
  expect(heardIn(line)).toEqual(heard);
});
