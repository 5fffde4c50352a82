import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Which folder of src/ may import which others; type-only imports count. ARCHITECTURE.md says why. */
const mayImport: { readonly [folder: string]: readonly string[] } = {
  model: [],
  fabric: ['model'],
  guest: ['model'],
  datapath: ['model', 'guest'],
  resource: ['model', 'guest'],
  doctor: ['model'],
  plan: ['model', 'resource', 'doctor'],
  host: [],
  observe: ['model', 'host'],
  scrub: ['host'],
  sim: ['model', 'host'],
  apply: ['model', 'host'],
  operate: [
    ...['model', 'fabric', 'guest', 'datapath', 'resource', 'doctor', 'plan', 'host', 'observe', 'apply'],
    'scrub',
  ],
  discover: ['model', 'fabric', 'doctor', 'operate'],
  measure: ['model', 'host', 'operate'],
  report: ['model', 'measure'],
  lab: ['host'],
  cli: [
    ...['model', 'fabric', 'datapath', 'resource', 'doctor', 'plan', 'host', 'observe', 'sim', 'apply'],
    ...['guest', 'operate', 'discover', 'measure', 'report', 'lab', 'scrub'],
  ],
};

/** Exceptions of a single file, narrower than the table. */
const mayOnlyImport: { readonly [folder: string]: { readonly [other: string]: readonly string[] } } = {
  sim: { model: ['names.ts', 'json.ts'] },
  observe: { host: ['host.ts'] },
  scrub: { host: ['transcript.ts'] },
};

const source = resolve(import.meta.dirname, '../src');

interface Import {
  readonly from: string;
  readonly to: string;
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('testing/'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(file, 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
  return specifiers.map((specifier) => ({
    from: relative(source, file),
    to: relative(source, resolve(dirname(file), specifier)),
  }));
}

const imports = sourceFiles(source).flatMap(importsOf);
const folderOf = (path: string) => path.split('/')[0] ?? '';

test('the table names every folder', () => {
  expect(Object.keys(mayImport).sort()).toEqual(
    readdirSync(source, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort(),
  );
});

test('no folder imports one that it may not', () => {
  const forbidden = imports.filter(({ from, to }) => {
    const [mine, other] = [folderOf(from), folderOf(to)];
    if (mine === other) return false;
    const only = mayOnlyImport[mine]?.[other];
    return only ? !only.includes(to.slice(other.length + 1)) : !mayImport[mine]?.includes(other);
  });
  expect(forbidden).toEqual([]);
});

test('nothing imports the command line', () => {
  const intoCli = imports.filter(({ from, to }) => folderOf(to) === 'cli' && folderOf(from) !== 'cli');
  expect(intoCli).toEqual([]);
});

describe('no import cycles', () => {
  test('types included', () => {
    const next = new Map<string, string[]>();
    for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
        return;
      }
      if (done.has(file)) return;
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of next.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });
});
