import type { Json } from '../model/json.ts';
import { keptFlows, startHook } from '../model/ovs-start.ts';
import type { OvsStart } from '../model/ovs-state.ts';
import type { Action, Probe } from '../model/plan.ts';
import { isUnseen, type Unseen } from '../model/unseen.ts';
import { dropInText, putBackScript } from './put-back.ts';
import type { Resource } from './resource.ts';

/** The texts of both files; null for a missing one. */
type Hook = { readonly dropIn: string | null; readonly script: string | null };

const none: Hook = { dropIn: null, script: null };
const wanted: Hook = { dropIn: dropInText(startHook.script), script: putBackScript };

/**
 * What restores a host's flows at every start of ovs-vswitchd, even an unattended one: a drop-in for Debian's unit, and the
 * script it runs (facts §17).
 */
export const ovsStartHook: Resource = {
  kind: 'ovs-start-hook',
  timeoutMs: 10_000,
  wanted: ({ overlay }) =>
    overlay === undefined || Object.keys(overlay.flows).length === 0
      ? []
      : [{ at: startHook.unit, value: wanted }],
  there: ({ ovsStart }) =>
    ovsStart === undefined ? [] : [{ at: startHook.unit, value: seenHook(ovsStart) }],
  move: (_at, from, to) => ({ actions: change((from ?? none) as Hook, (to ?? none) as Hook) }),
  settled: (_at, to) => settledAt((to ?? none) as Hook),
  why: (_from, to) =>
    to === null
      ? 'Let ovs-vswitchd start without flows again.'
      : 'Have systemd put the bridges’ flows back whenever ovs-vswitchd starts: it remembers none.',
};

function seenHook({ dropIn, script }: OvsStart): Json | Unseen {
  if (isUnseen(dropIn)) return dropIn;
  if (isUnseen(script)) return script;
  return dropIn === null && script === null ? null : { dropIn, script };
}

/**
 * The script exists only while systemd has read the drop-in that belongs to it, so that an interrupted change
 * can be noticed: nothing on disk says what systemd has read.
 */
function change(from: Hook, to: Hook): readonly Action[] {
  return [
    ...(from.script !== null && to.script !== null ? [put(startHook.script, null)] : []),
    ...onFolders(['mkdir', '-p'], foldersOf(to)),
    put(startHook.dropIn, to.dropIn),
    { run: ['systemctl', 'daemon-reload'] },
    put(startHook.script, to.script),
    // One of them may hold somebody else's drop-ins.
    ...onFolders(
      ['rmdir', '--ignore-fail-on-non-empty'],
      foldersOf(from).filter((one) => !foldersOf(to).includes(one)),
    ),
  ];
}

function put(path: string, text: string | null): Action {
  return text === null ? { run: ['rm', '-f', path] } : { write: path, text };
}

function foldersOf({ dropIn, script }: Hook): readonly string[] {
  const folder = startHook.dropIn.replace(/\/[^/]*$/, '');
  if (script !== null) return [folder, keptFlows.folder];
  return dropIn === null ? [] : [folder];
}

function onFolders(command: readonly string[], folders: readonly string[]): readonly Action[] {
  return folders.length === 0 ? [] : [{ run: [...command, ...folders] }];
}

/** The unit as systemd has read it (org.freedesktop.systemd1(5)); its name is escaped as sd_bus_path_encode(3) says. */
function property(name: string): readonly string[] {
  const unit = startHook.unit.replace(/[^A-Za-z0-9]/g, (char) => `_${char.charCodeAt(0).toString(16)}`);
  const path = `/org/freedesktop/systemd1/unit/${unit}`;
  const [service, unitType] = ['org.freedesktop.systemd1', 'org.freedesktop.systemd1.Unit'];
  return ['busctl', '--json=short', 'get-property', service, path, unitType, name];
}

function settledAt({ dropIn, script }: Hook): readonly Probe[] {
  const { dropIn: path, script: scriptPath } = startHook;
  return [
    { query: property('DropInPaths'), at: ['data', `=${path}`], is: dropIn === null ? null : path },
    { query: property('NeedDaemonReload'), at: ['data'], is: false },
    script === null ? { link: scriptPath, is: '' } : { read: scriptPath, is: script.trim() },
  ];
}
