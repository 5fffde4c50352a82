import { posix } from 'node:path';
import type { SimState } from '../state.ts';
import { packagedFolder, packagedLinks, packagedUnit, packagedUnits } from './packaged.ts';
import { isTemplate, partsOf, withInstance } from './unit-name.ts';

/** Folders searched for units; the first wins (systemd.unit(5), "Unit File Load Path"). */
export const unitFolders = ['/etc/systemd/system', '/run/systemd/system', packagedFolder] as const;

/** What is at a path in a unit folder: a file's text, or a link's target; undefined if nothing is. */
export function entryAt(
  state: SimState,
  path: string,
): { readonly text: string } | { readonly link: string } | undefined {
  const link = Object.hasOwn(state.links, path) ? state.links[path] : undefined;
  if (link !== undefined) return { link };
  const text = Object.hasOwn(state.files, path) ? state.files[path] : undefined;
  if (text !== undefined) return { text };
  const packagedLink = Object.hasOwn(packagedLinks, path) ? packagedLinks[path] : undefined;
  if (packagedLink !== undefined) return { link: packagedLink };
  if (posix.dirname(path) !== packagedFolder) return undefined;
  const packaged = packagedUnit(state, posix.basename(path));
  return packaged === undefined ? undefined : { text: packaged };
}

/** The absolute target of a link. */
export function targetOf(path: string, link: string): string {
  return posix.resolve(posix.dirname(path), link);
}

export interface Fragment {
  readonly path: string;
  readonly masked: boolean;
  readonly text: string;
}

/** A unit's file: its own or its template's; links are followed, and one to /dev/null masks the unit. */
export function fragmentOf(state: SimState, name: string): Fragment | undefined {
  const { template } = partsOf(name);
  return fileNamed(state, name) ?? (template === '' ? undefined : fileNamed(state, template));
}

function fileNamed(state: SimState, name: string): Fragment | undefined {
  for (const folder of unitFolders) {
    const found = followed(state, `${folder}/${name}`, 0);
    if (found) return found;
  }
  return undefined;
}

const mostLinks = 8;

function followed(state: SimState, path: string, depth: number): Fragment | undefined {
  if (path === '/dev/null') return { path, masked: true, text: '' };
  const entry = entryAt(state, path);
  if (entry === undefined || depth > mostLinks) return undefined;
  if ('text' in entry) return { path, masked: entry.text === '', text: entry.text };
  return followed(state, targetOf(path, entry.link), depth + 1);
}

/** Names in a folder. Called a dozen times for each unit that is read, so it only lists what it finds. */
export function namesIn(state: SimState, folder: string): readonly string[] {
  const start = `${folder}/`;
  const found = new Set(folder === packagedFolder ? packagedUnits(state) : []);
  for (const entries of [state.files, state.links, packagedLinks]) {
    for (const path in entries) {
      if (path.startsWith(start) && !path.includes('/', start.length)) found.add(path.slice(start.length));
    }
  }
  return [...found].sort();
}

/** Drop-ins of a name, of its template and of its type; among equal names, the more specific folder's counts. */
export function dropInsOf(state: SimState, name: string): readonly string[] {
  const found = new Map<string, string>();
  for (const folder of dropInFolders(name)) {
    for (const file of namesIn(state, folder)) {
      if (file.endsWith('.conf') && !found.has(file)) found.set(file, `${folder}/${file}`);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}

function dropInFolders(name: string): readonly string[] {
  const { template, prefix, instance, suffix } = partsOf(name);
  const at = instance === '' ? '' : `@${instance}`;
  const parts = prefix.split('-');
  const prefixes = parts.slice(1).map((_, i) => `${parts.slice(0, parts.length - 1 - i).join('-')}-`);
  const names = [
    name,
    ...(template === '' ? [] : [template]),
    ...prefixes.map((p) => `${p}${at === '' ? '' : '@'}.${suffix}`),
    suffix,
  ];
  return names.flatMap((one) => unitFolders.map((folder) => `${folder}/${one}.d`));
}

/** Names linked below NAME.wants or NAME.requires. */
export function linkedBelow(state: SimState, name: string, kind: 'wants' | 'requires'): readonly string[] {
  return [...new Set(unitFolders.flatMap((folder) => namesIn(state, `${folder}/${name}.${kind}`)))].sort();
}

/** The name that an alias stands for. */
export function realName(state: SimState, name: string): string {
  const path = fragmentOf(state, name)?.path ?? '';
  const file = posix.basename(path);
  const { template } = partsOf(name);
  if (path === '' || path === '/dev/null' || file === name || file === template) return name;
  return isTemplate(file) ? withInstance(file, partsOf(name).instance) : file;
}
