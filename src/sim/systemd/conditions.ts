import { Refusal } from '../errno.ts';
import { walk } from '../files/node.ts';
import { listDir, rootOf } from '../files/root.ts';
import type { SimState } from '../state.ts';
import { withSpecifiers } from './command-line.ts';
import type { Unit } from './state.ts';
import { contextOf, settingsOf } from './unit.ts';

/** The `Condition…=` or `Assert…=` that is not met, as messages name it; undefined if all are. */
export function unmet(state: SimState, unit: Unit, kind: 'Condition' | 'Assert'): string | undefined {
  const context = contextOf(state, unit);
  const checks = settingsOf(state, unit)
    .filter(({ section, name }) => section === 'Unit' && name.startsWith(kind))
    .map(({ name, value }) => {
      const [, flags = '', argument = ''] = /^([|!]*)(.*)$/s.exec(withSpecifiers(value, context)) ?? [];
      const holds = isMet(state, name.slice(kind.length), argument) !== flags.includes('!');
      return { text: `${name}=${flags.replace('|', '')}${argument}`, holds, triggers: flags.includes('|') };
    });
  const failed = checks.find(({ holds, triggers }) => !holds && !triggers);
  const triggers = checks.filter((check) => check.triggers);
  const none = triggers.length > 0 && !triggers.some(({ holds }) => holds);
  return failed?.text ?? (none ? triggers.at(-1)?.text : undefined);
}

/** Checks those about paths; any other counts as met. */
function isMet(state: SimState, check: string, argument: string): boolean {
  const kind = kindOf(state, argument);
  if (check === 'PathExists') return kind !== undefined;
  if (check === 'PathExistsGlob') return expand(state, argument).length > 0;
  if (check === 'PathIsDirectory') return kind === 'dir';
  if (check === 'FileNotEmpty') return kind === 'file' && (state.files[argument] ?? 'x') !== '';
  if (check === 'DirectoryNotEmpty') return kind === 'dir' && namesIn(state, argument).length > 0;
  return true;
}

function kindOf(state: SimState, path: string): 'file' | 'dir' | 'link' | undefined {
  try {
    return walk(rootOf(state, ''), path, true).node.kind;
  } catch (refusal) {
    if (refusal instanceof Refusal) return undefined;
    throw refusal;
  }
}

export function pathExists(state: SimState, path: string): boolean {
  return kindOf(state, path) !== undefined;
}

function namesIn(state: SimState, path: string): readonly string[] {
  try {
    return listDir(state, '', path);
  } catch (refusal) {
    if (refusal instanceof Refusal) return [];
    throw refusal;
  }
}

/** glob(7), of `*`, `?` and `[…]`. */
function expand(state: SimState, pattern: string): readonly string[] {
  let paths: readonly string[] = [''];
  for (const part of pattern.split('/').filter(Boolean)) {
    const fits = new RegExp(`^${globOf(part)}$`, 's');
    paths = /[*?[]/.test(part)
      ? paths.flatMap((path) =>
          namesIn(state, path || '/')
            .filter((n) => fits.test(n))
            .map((n) => `${path}/${n}`),
        )
      : paths.map((path) => `${path}/${part}`);
  }
  return paths.filter((path) => pathExists(state, path));
}

function globOf(part: string): string {
  return part
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('[!', '[^');
}
