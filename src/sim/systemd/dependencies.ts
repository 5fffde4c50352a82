import type { SimState } from '../state.ts';
import type { Unit } from './state.ts';
import { isTrue, namesOf, readUnit, settingOf } from './unit.ts';
import { partsOf } from './unit-name.ts';

export interface Dependencies {
  /** Started along with it; if one fails, so does it. */
  readonly requires: readonly string[];
  readonly requisite: readonly string[];
  /** As `requires`, but it also stops whenever one of them stops. */
  readonly bindsTo: readonly string[];
  readonly wants: readonly string[];
  readonly conflicts: readonly string[];
  readonly partOf: readonly string[];
  readonly after: readonly string[];
  readonly before: readonly string[];
}

const known = new WeakMap<Unit['files'], Dependencies>();
/** Dependencies of units defined only by packages, which are the same on all hosts. */
const packaged = new Map<string, Dependencies>();
const remembered = 500;

export function dependenciesOf(state: SimState, unit: Unit): Dependencies {
  const found = known.get(unit.files) ?? ofPackages(state, unit) ?? read(state, unit);
  known.set(unit.files, found);
  return found;
}

function ofPackages(state: SimState, unit: Unit): Dependencies | undefined {
  if (Object.keys(unit.files).length > 0 || unit.load === 'masked') return undefined;
  const key = [state.kernel, unit.name, unit.load, ...unit.wants, '/', ...unit.requires].join(' ');
  const found = packaged.get(key) ?? read(state, unit);
  if (packaged.size >= remembered) packaged.clear();
  packaged.set(key, found);
  return found;
}

function read(state: SimState, unit: Unit): Dependencies {
  const names = (name: string) => namesOf(state, unit, name);
  const upholds = isDefault(state, unit) ? ['sysinit.target'] : [];
  const requires = [...names('Requires'), ...unit.requires];
  const wants = [...names('Wants'), ...names('Upholds'), ...unit.wants];
  const isTarget = partsOf(unit.name).suffix === 'target';
  return {
    requires: [...requires, ...upholds],
    requisite: names('Requisite'),
    bindsTo: names('BindsTo'),
    wants,
    conflicts: names('Conflicts'),
    partOf: names('PartOf'),
    after: [
      ...names('After'),
      ...(upholds.length > 0 ? ['sysinit.target', 'basic.target'] : []),
      // A target comes after what it pulls in (systemd.target(5)).
      ...(isTarget ? [...requires, ...wants] : []),
    ],
    before: names('Before'),
  };
}

function isDefault(state: SimState, unit: Unit): boolean {
  const { suffix } = partsOf(unit.name);
  const applies = suffix === 'service' || suffix === 'timer' || suffix === 'socket' || suffix === 'path';
  const value = settingOf(state, unit, 'Unit', 'DefaultDependencies');
  return applies && unit.load === 'loaded' && (value === '' || isTrue(value));
}

/** Loads a unit and all units that it names. */
export function loadUnit(state: SimState, name: string): Unit {
  const { units } = state.systemd;
  const there = Object.hasOwn(units, name) ? units[name] : undefined;
  // A name without a file is looked up again: the file may have been written since.
  if (there && there.load !== 'not-found') return there;
  const unit = there ?? readUnit(state, name);
  if (there) Object.assign(there, { ...readUnit(state, name), changedMs: there.changedMs });
  units[name] = unit;
  if (there && unit.load === 'not-found') return unit;
  for (const other of allNames(dependenciesOf(state, unit)))
    if (!Object.hasOwn(units, other)) loadUnit(state, other);
  return unit;
}

function allNames(deps: Dependencies): ReadonlySet<string> {
  return new Set(Object.values(deps).flat());
}

/** Loaded units that name this one in a dependency of this kind. */
export function namedBy(state: SimState, name: string, kind: keyof Dependencies): readonly Unit[] {
  return Object.values(state.systemd.units).filter((unit) =>
    dependenciesOf(state, unit)[kind].includes(name),
  );
}

/** Unloads unneeded units: those that do not run, have no job, and are not named by any that stays. */
export function collect(state: SimState): void {
  const { units, jobs } = state.systemd;
  const keep = new Set<string>();
  const visit = (name: string) => {
    const unit = units[name];
    if (!unit || keep.has(name)) return;
    keep.add(name);
    for (const other of allNames(dependenciesOf(state, unit))) visit(other);
  };
  for (const unit of Object.values(units)) if (unit.active !== 'inactive') visit(unit.name);
  for (const job of jobs) visit(job.unit);
  for (const name of Object.keys(units)) if (!keep.has(name)) delete units[name];
}
