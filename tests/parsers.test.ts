import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Every parser of a program's output or a kernel file is tried with damaged text. */
const root = join(import.meta.dirname, '..');
const filesIn = (folder: string) => readdirSync(join(root, folder)).map((name) => join(folder, name));
const isTest = (path: string) => path.endsWith('.test.ts');
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

const reading = ['src/observe', 'src/measure', 'src/model', 'src/operate'];
const sources = reading.flatMap(filesIn).filter((path) => path.endsWith('.ts') && !isTest(path));
const fuzzes = [...reading, 'tests']
  .flatMap(filesIn)
  .filter(isTest)
  .map(textOf)
  .filter((text) => text.includes("from 'fast-check'"));

/** Parsers of vflane's own formats: a plan, and lines of its probe. */
const own: ReadonlySet<string> = new Set(['parsePlan', 'parseStreamLine']);

const parsers = sources.flatMap((path) =>
  [...textOf(path).matchAll(/^export function (parse\w+)/gm)].map(([, name = '']) => [name, path] as const),
);

test('there are parsers', () => {
  expect(parsers.length).toBeGreaterThan(35);
});

test.each(parsers.filter(([name]) => !own.has(name)))('%s of %s is fuzzed', (name) => {
  expect(fuzzes.some((text) => new RegExp(`\\b${name}\\b`).test(text))).toBe(true);
});
