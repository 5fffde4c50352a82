import { posix } from 'node:path';
import { failed, type Reply, said } from '../commands/program.ts';
import { removeFile } from '../folders.ts';
import { kernelOf } from '../functions.ts';
import type { SimState } from '../state.ts';
import { splitWords, withSpecifiers } from './command-line.ts';
import { contextOf, readUnit, settingsOf } from './unit.ts';
import { entryAt, fragmentOf, namesIn, targetOf, unitFolders } from './unit-files.ts';
import { fullName, isTemplate, partsOf, withInstance } from './unit-name.ts';

/** `systemctl enable` and the like (install.c): links below /etc/systemd/system, or /run with `--runtime`. */
export interface InstallOptions {
  readonly runtime: boolean;
}

interface Wanted {
  readonly path: string;
  readonly target: string;
}

const nothingToInstall = `The unit files have no installation config (WantedBy=, RequiredBy=, Also=,
Alias= settings in the [Install] section, and DefaultInstance= for template
units). This means they are not meant to be enabled using systemctl.

Possible reasons for having this kind of units are:
• A unit may be statically enabled by being symlinked from another unit's
  .wants/ or .requires/ directory.
• A unit's purpose may be to act as a helper for some other unit which has
  a requirement dependency on it.
• A unit may be started when needed via activation (socket, path, timer,
  D-Bus, udev, scripted systemctl call, ...).
• In case of template units, the unit is meant to be enabled with some
  instance name specified.
`;

export function enable(state: SimState, words: readonly string[], options: InstallOptions): Reply {
  const err: string[] = [];
  let carries = false;
  for (const name of words.map(fullName)) {
    const refusal = refusalOf(state, name, 'enable');
    if (refusal) return refusal;
    const links = linksOf(state, name, options, new Set());
    carries ||= links.length > 0;
    for (const { path, target } of links) {
      const old = state.links[path];
      if (old !== undefined && targetOf(path, old) === target) continue;
      if (old !== undefined && !/\.(wants|requires)\//.test(path)) return inTheWay(state, path, old);
      state.links[path] = target;
      err.push(created(state, path, target));
    }
  }
  return { stdout: '', stderr: carries ? err.join('') : nothingToInstall, code: 0 };
}

function inTheWay(state: SimState, path: string, target: string): Reply {
  const file = isNew(state) ? `File '${path}'` : `File ${path}`;
  return failed(1, `Failed to enable unit: ${file} already exists and is a symlink to ${target}.\n`);
}

/** Since systemd 256, names are quoted. */
function isNew(state: SimState): boolean {
  return kernelOf(state).systemd >= 256;
}

function created(state: SimState, path: string, target: string): string {
  return isNew(state)
    ? `Created symlink '${path}' → '${target}'.\n`
    : `Created symlink ${path} → ${target}.\n`;
}

function removed(state: SimState, path: string): string {
  return isNew(state) ? `Removed '${path}'.\n` : `Removed "${path}".\n`;
}

function refusalOf(state: SimState, name: string, verb: string): Reply | undefined {
  const fragment = fragmentOf(state, name);
  if (!fragment) {
    const what = isNew(state) ? 'Unit' : 'Unit file';
    return failed(1, `Failed to ${verb} unit: ${what} ${name} does not exist${isNew(state) ? '' : '.'}\n`);
  }
  if (!fragment.masked || verb === 'disable') return undefined;
  const path = `${unitFolders[0]}/${name}`;
  return failed(
    1,
    `Failed to ${verb} unit: Unit ${isNew(state) ? name : `file ${path}`} is masked${isNew(state) ? '' : '.'}\n`,
  );
}

/** The links for a unit's `[Install]`, and for those of `Also=`. */
function linksOf(
  state: SimState,
  name: string,
  options: InstallOptions,
  seen: Set<string>,
): readonly Wanted[] {
  if (seen.has(name)) return [];
  seen.add(name);
  const folder = options.runtime ? unitFolders[1] : unitFolders[0];
  const instance = installedName(state, name);
  const target = fragmentOf(state, name)?.path ?? '';
  const of = (key: string) => installNames(state, instance, key);
  const below = (key: string, kind: string) =>
    isTemplate(instance)
      ? []
      : of(key).map((unit) => ({ path: `${folder}/${unit}.${kind}/${instance}`, target }));
  return [
    ...of('Alias')
      .filter((alias) => alias !== instance)
      .map((alias) => ({ path: `${folder}/${alias}`, target })),
    ...below('WantedBy', 'wants'),
    ...below('RequiredBy', 'requires'),
    ...of('Also').flatMap((other) => (fragmentOf(state, other) ? linksOf(state, other, options, seen) : [])),
  ];
}

/** A template is installed as its default instance. */
function installedName(state: SimState, name: string): string {
  if (!isTemplate(name)) return name;
  const instance = installValue(state, name, 'DefaultInstance');
  return instance === '' ? name : withInstance(name, instance);
}

function installValue(state: SimState, name: string, key: string): string {
  const settings = settingsOf(state, readUnit(state, name));
  return settings.filter((s) => s.section === 'Install' && s.name === key).at(-1)?.value ?? '';
}

function installNames(state: SimState, name: string, key: string): readonly string[] {
  const unit = readUnit(state, name);
  return settingsOf(state, unit)
    .filter((s) => s.section === 'Install' && s.name === key)
    .flatMap(({ value }) => splitWords(value) ?? [])
    .map(({ text }) => fullName(withSpecifiers(text, contextOf(state, unit))));
}

/** Removes every link with that name or to its file. */
export function disable(state: SimState, words: readonly string[], options: InstallOptions): Reply {
  const err: string[] = [];
  for (const name of words.map(fullName)) {
    const refusal = refusalOf(state, name, 'disable');
    if (refusal) return refusal;
    for (const path of linksTo(state, name, options)) {
      removeFile(state, path);
      err.push(removed(state, path));
    }
  }
  return { stdout: '', stderr: err.join(''), code: 0 };
}

function linksTo(state: SimState, name: string, { runtime }: InstallOptions): readonly string[] {
  const folder = `${runtime ? unitFolders[1] : unitFolders[0]}/`;
  const file = fragmentOf(state, name)?.path ?? '';
  const { prefix } = partsOf(name);
  const aliases = installNames(state, name, 'Alias');
  return Object.entries(state.links)
    .filter(([path, link]) => {
      if (!path.startsWith(folder) || link === '/dev/null') return false;
      const linked = posix.basename(path);
      const isMine = linked === name || (isTemplate(name) && linked.startsWith(`${prefix}@`));
      const leads = targetOf(path, link) === file;
      return isMine || (leads && aliases.includes(linked));
    })
    .map(([path]) => path);
}

export function mask(state: SimState, words: readonly string[], options: InstallOptions): Reply {
  const err: string[] = [];
  for (const name of words.map(fullName)) {
    const path = `${options.runtime ? unitFolders[1] : unitFolders[0]}/${name}`;
    if (!fragmentOf(state, name)) err.push(`Unit ${name} does not exist, proceeding anyway.\n`);
    const entry = entryAt(state, path);
    if (entry && 'link' in entry && entry.link === '/dev/null') continue;
    if (entry)
      return failed(1, `Failed to mask unit: File ${isNew(state) ? `'${path}'` : path} already exists.\n`);
    state.links[path] = '/dev/null';
    err.push(created(state, path, '/dev/null'));
  }
  return { stdout: '', stderr: err.join(''), code: 0 };
}

export function unmask(state: SimState, words: readonly string[]): Reply {
  const err: string[] = [];
  for (const name of words.map(fullName)) {
    for (const folder of [unitFolders[0], unitFolders[1]]) {
      const path = `${folder}/${name}`;
      if (state.links[path] !== '/dev/null') continue;
      removeFile(state, path);
      err.push(removed(state, path));
    }
  }
  return { stdout: '', stderr: err.join(''), code: 0 };
}

/** What `is-enabled` prints about a unit; undefined for one without a file. */
export function fileState(state: SimState, name: string): string | undefined {
  const fragment = fragmentOf(state, name);
  if (!fragment) return undefined;
  const own = state.links[`${unitFolders[0]}/${name}`] ?? state.links[`${unitFolders[1]}/${name}`];
  if (fragment.masked)
    return own === undefined || state.links[`${unitFolders[0]}/${name}`] ? 'masked' : 'masked-runtime';
  if (own !== undefined && posix.basename(fragment.path) !== name && !isInstanceOf(name, fragment.path))
    return 'alias';
  if (isLinked(state, name, unitFolders[0])) return 'enabled';
  if (isLinked(state, name, unitFolders[1])) return 'enabled-runtime';
  const keys = ['WantedBy', 'RequiredBy', 'UpheldBy', 'Alias'];
  if (keys.some((key) => installNames(state, name, key).length > 0)) return 'disabled';
  return installNames(state, name, 'Also').length > 0 ? 'indirect' : 'static';
}

function isInstanceOf(name: string, path: string): boolean {
  return partsOf(name).template === posix.basename(path);
}

function isLinked(state: SimState, name: string, folder: string): boolean {
  const { prefix } = partsOf(name);
  return Object.keys(state.links).some((path) => {
    if (!path.startsWith(`${folder}/`)) return false;
    const linked = posix.basename(path);
    const below = /\.(wants|requires|upholds)\/[^/]+$/.test(path);
    if (below) return linked === name || (isTemplate(name) && linked.startsWith(`${prefix}@`));
    const target = targetOf(path, state.links[path] ?? '');
    return linked !== name && posix.basename(target) === name;
  });
}

const goodStates = new Set([
  'enabled',
  'enabled-runtime',
  'static',
  'alias',
  'indirect',
  'generated',
  'transient',
]);

export function isEnabled(state: SimState, words: readonly string[], quiet: boolean): Reply {
  const out: string[] = [];
  let isGood = false;
  for (const name of words.map(fullName)) {
    const found = fileState(state, name);
    if (found === undefined && !isNew(state))
      return failed(
        1,
        `Failed to get unit file state for ${name}: No such file or directory\n`,
        out.join(''),
      );
    out.push(`${found ?? 'not-found'}\n`);
    isGood ||= goodStates.has(found ?? '');
    if (found === undefined && words.length === 1) return { ...said(quiet ? '' : out.join('')), code: 4 };
  }
  return { ...said(quiet ? '' : out.join('')), code: isGood ? 0 : 1 };
}

/** The names of all unit files. */
export function unitFiles(state: SimState): readonly string[] {
  const isUnit = /\.(service|socket|target|mount|timer|path|slice|device)$/;
  const names = unitFolders.flatMap((folder) => namesIn(state, folder)).filter((name) => isUnit.test(name));
  return [...new Set(names)].sort();
}
