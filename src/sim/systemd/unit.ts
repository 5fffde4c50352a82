import { kernelOf } from '../functions.ts';
import { bootId } from '../macs.ts';
import type { SimState } from '../state.ts';
import { splitWords, type UnitContext, withSpecifiers } from './command-line.ts';
import { packagedFolder } from './packaged.ts';
import type { Unit } from './state.ts';
import { dropInsOf, entryAt, fragmentOf, linkedBelow } from './unit-files.ts';
import { fullName, partsOf } from './unit-name.ts';
import { parseUnit, type Setting } from './unit-text.ts';

/** Types of units that systemd makes itself. */
const withoutFile = new Set(['device', 'slice', 'scope', 'mount']);

/** Reads a unit's current files. */
export function readUnit(state: SimState, name: string): Unit {
  const unit = blank(name);
  Object.assign(unit, definition(state, name));
  return unit;
}

type Definition = Pick<Unit, 'load' | 'fragment' | 'dropIns' | 'files' | 'wants' | 'requires'>;

export function definition(state: SimState, name: string): Definition {
  const fragment = fragmentOf(state, name);
  const wants = [...linkedBelow(state, name, 'wants')];
  const requires = [...linkedBelow(state, name, 'requires')];
  if (fragment?.masked)
    return { load: 'masked', fragment: fragment.path, dropIns: [], files: {}, wants, requires };
  const dropIns = [...dropInsOf(state, name)];
  const paths = [...(fragment ? [fragment.path] : []), ...dropIns];
  const files: Unit['files'] = {};
  for (const path of paths) {
    const entry = entryAt(state, path);
    if (!path.startsWith(`${packagedFolder}/`)) files[path] = entry && 'text' in entry ? entry.text : '';
  }
  const isThere = fragment !== undefined || withoutFile.has(partsOf(name).suffix);
  return {
    load: isThere ? 'loaded' : 'not-found',
    fragment: fragment?.path ?? '',
    dropIns,
    files,
    wants,
    requires,
  };
}

function blank(name: string): Unit {
  return {
    name,
    load: 'not-found',
    fragment: '',
    dropIns: [],
    files: {},
    wants: [],
    requires: [],
    active: 'inactive',
    sub: 'dead',
    result: 'success',
    mainPid: 0,
    execCode: 'none',
    execStatus: 0,
    restarts: 0,
    startsMs: [],
    conditionMet: false,
    changedMs: 0,
    activeEnterMs: 0,
    activeExitMs: 0,
    inactiveEnterMs: 0,
  };
}

/** Whether files have changed since they were read. */
export function needsReload(state: SimState, unit: Unit): boolean {
  const now = definition(state, unit.name);
  const of = (one: Definition) => JSON.stringify([one.fragment, one.dropIns, Object.entries(one.files)]);
  return unit.load !== 'not-found' && of(now) !== of(unit);
}

const merged = new WeakMap<Unit['files'], readonly Setting[]>();

/** All settings: the unit file's, then each drop-in's. */
export function settingsOf(state: SimState, unit: Unit): readonly Setting[] {
  const known = merged.get(unit.files);
  if (known) return known;
  const paths = [...(unit.fragment === '' || unit.load === 'masked' ? [] : [unit.fragment]), ...unit.dropIns];
  const all = paths.flatMap((path) => parseUnit(unit.files[path] ?? packagedText(state, path)));
  merged.set(unit.files, all);
  return all;
}

function packagedText(state: SimState, path: string): string {
  const entry = entryAt(state, path);
  return entry && 'text' in entry ? entry.text : '';
}

/** A list setting's lines; an empty one takes back what came before. */
export function linesOf(state: SimState, unit: Unit, section: string, name: string): readonly string[] {
  let lines: readonly string[] = [];
  for (const setting of settingsOf(state, unit)) {
    if (setting.section !== section || setting.name !== name) continue;
    lines = setting.value === '' ? [] : [...lines, setting.value];
  }
  return lines;
}

/** The last value counts. */
export function settingOf(state: SimState, unit: Unit, section: string, name: string): string {
  const found = settingsOf(state, unit).filter((s) => s.section === section && s.name === name);
  return found.at(-1)?.value ?? '';
}

/** Names in a list of units: dependencies cannot be reset by an empty value. */
export function namesOf(state: SimState, unit: Unit, name: string): readonly string[] {
  const lines = settingsOf(state, unit).filter((s) => s.section === 'Unit' && s.name === name);
  return lines
    .flatMap(({ value }) => splitWords(value) ?? [])
    .map(({ text }) => fullName(withSpecifiers(text, contextOf(state, unit))));
}

export function isTrue(value: string): boolean {
  return /^(1|yes|y|true|t|on)$/i.test(value);
}

export function contextOf(state: SimState, unit: Unit, env: UnitContext['env'] = {}): UnitContext {
  return {
    unit: unit.name,
    host: state.name,
    get bootId() {
      return bootId(state);
    },
    release: kernelOf(state).release,
    env,
  };
}

/** `Environment=`, then what the files of `EnvironmentFile=` say. */
export function environmentOf(state: SimState, unit: Unit): UnitContext['env'] {
  const env: { [name: string]: string } = {};
  const take = (text: string) => {
    const [, name, value = ''] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
    if (name !== undefined) env[name] = value;
  };
  for (const line of linesOf(state, unit, 'Service', 'Environment')) {
    for (const { text } of splitWords(line) ?? []) take(withSpecifiers(text, contextOf(state, unit)));
  }
  for (const path of linesOf(state, unit, 'Service', 'EnvironmentFile')) {
    const text = state.files[path.replace(/^-/, '')] ?? '';
    for (const line of text.split('\n')) take(line.trim().replace(/^([A-Za-z0-9_]+)=(["'])(.*)\2$/, '$1=$3'));
  }
  return env;
}

export function descriptionOf(state: SimState, unit: Unit): string {
  const text = withSpecifiers(settingOf(state, unit, 'Unit', 'Description'), contextOf(state, unit));
  return text === '' ? unit.name : text;
}

/** As messages name a unit: `a.service - Description`. */
export function titleOf(state: SimState, unit: Unit): string {
  const text = descriptionOf(state, unit);
  return text === unit.name ? text : `${unit.name} - ${text}`;
}
