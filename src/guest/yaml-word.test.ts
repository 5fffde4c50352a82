import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { metaDataOf } from './seed.ts';
import { yamlWord } from './yaml-word.ts';

test.each([
  'no',
  'on',
  'off',
  'yes',
  'true',
  'null',
  'n',
  '00',
  '010',
  '1e3',
  'e0',
  'e-5',
  '0x10',
  '0b1',
  '1',
  '8-5',
])('a guest called %s has that as its hostname, in either version of YAML', (name) => {
  for (const version of ['1.1', '1.2'] as const)
    expect(parse(metaDataOf(name), { version })).toEqual({
      'instance-id': `vflane-${name}`,
      'local-hostname': name,
    });
});

test('a plain name stays plain, and any name is read back unchanged', () => {
  expect(yamlWord('storage-p0')).toBe('storage-p0');
  const names = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  fc.assert(
    fc.property(names, (name) => {
      expect(parse(`${yamlWord(name)}: [${yamlWord(name)}]`, { version: '1.1' })).toEqual({ [name]: [name] });
    }),
  );
});
