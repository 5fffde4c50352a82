import type { SimState } from '../state.ts';

/** Own units and drop-ins (systemd.unit(5)). */
const folder = '/etc/systemd/system/';

/** What `daemon-reload` reads. */
export function loadedUnits(state: SimState): { [path: string]: string } {
  return Object.fromEntries(Object.entries(state.files).filter(([path]) => path.startsWith(folder)));
}

/** Drop-ins of a unit that systemd has read, by name. */
export function dropIns(units: { readonly [path: string]: string }, unit: string): readonly string[] {
  return Object.keys(units)
    .filter((path) => path.startsWith(`${folder}${unit}.d/`) && path.endsWith('.conf'))
    .sort();
}

/** The values of a setting in a unit's drop-ins, line by line; an empty one takes back what came before. */
export function linesOf(
  units: { readonly [path: string]: string },
  unit: string,
  name: string,
): readonly string[] {
  let lines: readonly string[] = [];
  for (const path of dropIns(units, unit)) {
    for (const [, value = ''] of (units[path] ?? '').matchAll(
      new RegExp(`^[ \\t]*${name}[ \\t]*=(.*)$`, 'gm'),
    ))
      lines = value.trim() === '' ? [] : [...lines, value.trim()];
  }
  return lines;
}

export function settingOf(
  units: { readonly [path: string]: string },
  unit: string,
  name: string,
): readonly string[] {
  return linesOf(units, unit, name).flatMap((line) => line.split(/\s+/));
}

/** Files have changed since systemd read them. */
export function needsReload(state: SimState, unit: string): boolean {
  const now = loadedUnits(state);
  const mine = (units: { readonly [path: string]: string }) =>
    JSON.stringify(
      Object.entries(units)
        .filter(([path]) => path.includes(`/${unit}`))
        .sort(),
    );
  return mine(now) !== mine(state.unitFiles);
}
