import { makeFolder, removeFolder } from '../folders.ts';
import type { SimState } from '../state.ts';
import { withSpecifiers } from './command-line.ts';
import type { Unit } from './state.ts';
import { contextOf, isTrue, linesOf, settingOf } from './unit.ts';

const tops = { RuntimeDirectory: '/run', StateDirectory: '/var/lib', LogsDirectory: '/var/log' } as const;

function foldersOf(state: SimState, unit: Unit, kind: keyof typeof tops): readonly string[] {
  return linesOf(state, unit, 'Service', kind)
    .flatMap((line) => line.split(/\s+/))
    .map((name) => `${tops[kind]}/${withSpecifiers(name, contextOf(state, unit))}`);
}

/** `RuntimeDirectory=` and the like exist before the first command runs (systemd.exec(5)). */
export function makeDirectories(state: SimState, unit: Unit): void {
  for (const kind of ['RuntimeDirectory', 'StateDirectory', 'LogsDirectory'] as const)
    for (const path of foldersOf(state, unit, kind)) makeFolder(state, path);
}

/** Only runtime directories go with the service, unless it says otherwise. */
export function removeDirectories(state: SimState, unit: Unit): void {
  if (isTrue(settingOf(state, unit, 'Service', 'RuntimeDirectoryPreserve'))) return;
  for (const path of foldersOf(state, unit, 'RuntimeDirectory')) removeFolder(state, path);
}
