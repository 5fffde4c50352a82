import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue } from '../src/model/catalogue.ts';

const file = new URL('../docs/findings.md', import.meta.url);

function page(): string {
  const entries = catalogue.map(
    ({ code, severity, title, explanation }) => `## ${code}: ${title}\n\n*${severity}* – ${explanation}\n`,
  );
  return `# Findings\n\nEvery finding has a code. \`vflane explain CODE\` prints what stands here.\n\n${entries.join('\n')}`;
}

test('docs/findings.md has exactly the entries of the catalogue', () => {
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, page());
  expect(readFileSync(file, 'utf8')).toBe(page());
});

test('each code occurs once, and is explained in whole sentences', () => {
  const codes = catalogue.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  const poor = catalogue.filter(({ explanation }) => explanation.split('. ').length < 2);
  expect(poor.map(({ code }) => code)).toEqual([]);
});
