import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { globalOptions, verbGroups, verbs } from '../src/cli/verbs.ts';

const root = resolve(import.meta.dirname, '..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'ARCHITECTURE.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** The commands in a page's code, line by line, from `vflane` on; `…` stands for omitted words. */
function commandsOf(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^ *```\w*\n([\s\S]*?)^ *```/gm)].map(([, block = '']) => block);
  const indented = text.match(/^ {4}vflane .*/gm) ?? [];
  const inline = [...text.replace(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) =>
    code.replaceAll(/\s+/g, ' '),
  );
  return [...blocks.flatMap((block) => block.split('\n')), ...indented, ...inline].flatMap((line) => [
    ...(line.replace(/ #.*/, '').match(/(?<=^|[;&|] |\$ |\.\/bin\/)\s*vflane( [^;&|]*)?/g) ?? []),
  ]);
}

/** Why a command is invalid; undefined if it is valid. */
function wrongWith(command: string): string | undefined {
  const words = command.trim().split(/ -- /)[0]?.split(/\s+/).slice(1) ?? [];
  const plain = words.filter((word) => /^[a-z][a-z-]*$/.test(word));
  const [first = '', second = ''] = plain;
  if (words[0] === undefined || words[0].startsWith('-') || /^[A-Z…]/.test(words[0])) return undefined;
  const known =
    verbs.find(({ name }) => name === `${first} ${second}`) ?? verbs.find(({ name }) => name === first);
  if (!known)
    return first === 'help' || (first in verbGroups && second === '') ? undefined : `no verb: ${command}`;
  const forms = [...known.options, ...globalOptions].flatMap(({ form }) => form.split(/[ ,]+/));
  const unknown = words.find((word) => /^--?[a-z]/.test(word) && !forms.includes(word.replace(/=.*/, '')));
  return unknown === undefined || unknown === '--help' ? undefined : `no option ${unknown}: ${command}`;
}

describe.each(pages)('%s', (page) => {
  test('names no verb and no option that vflane does not have', () => {
    const commands = commandsOf(readFileSync(join(root, page), 'utf8'));
    expect(commands.flatMap((command) => wrongWith(command) ?? [])).toEqual([]);
  });
});

test('a page that is wrong is found', () => {
  const page =
    'Say `vflane aply --yes`, or:\n```\nvflane apply --ys   # now\n./bin/vflane lab swich A\nvflane plan; vflane verify --hots x\n```\n';
  expect(commandsOf(page).map(wrongWith)).toEqual([
    'no option --ys: vflane apply --ys  ',
    'no verb: vflane lab swich A',
    undefined,
    'no option --hots: vflane verify --hots x',
    'no verb: vflane aply --yes',
  ]);
});
