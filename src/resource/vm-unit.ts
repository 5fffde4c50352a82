import { definitionLine } from '../guest/guest-unit.ts';
import { withLookups } from '../guest/vf-token.ts';
import { guestPaths } from '../model/guest-paths.ts';
import type { Action } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { variablesFor } from './machine-folder.ts';
import { asWritten, definitionOf, machinesIn } from './machine-text.ts';
import type { Resource } from './resource.ts';

/** The drop-in's text; `unread` if systemd has read another one. */
type Unit = string | { readonly unread: string };

/** What turns an instance of the template unit into a particular guest: QEMU's command line, in a drop-in of its own. */
export const vmUnit: Resource = {
  kind: 'vm-unit',
  timeoutMs: 10_000,
  wanted: (spec, state) =>
    machinesIn(spec, 'systemd').map((one) => ({ at: one.name, value: definitionOf(one, spec, state) })),
  there: (state) =>
    Object.entries(state.machines?.guests ?? {}).map(([at, { dropIn, unit }]) => {
      if (isUnseen(dropIn) || dropIn === null) return { at, value: dropIn };
      if (isUnseen(unit)) return { at, value: unit };
      const text = asWritten(dropIn, state);
      return { at, value: unit.isStale ? { unread: text } : text };
    }),
  replaced: () => true,
  move: (at, _from, to) => ({ actions: to === null ? away(at) : put(at, to as Unit) }),
  settled: (at, to) => [
    to === null
      ? { link: guestPaths(at).dropIn, is: '' }
      : { read: guestPaths(at).dropIn, has: definitionLine(textOf(to as Unit)) },
    { says: ['systemctl', 'show', '--property=NeedDaemonReload', '--value', guestPaths(at).unit], is: 'no' },
  ],
  why: (_from, to) =>
    to === null
      ? 'Remove the guests’ units.'
      : 'Tell systemd how to start each guest: QEMU’s whole command line, in a drop-in of its own.',
};

const reload: Action = { run: ['systemctl', 'daemon-reload'] };

function textOf(unit: Unit): string {
  return typeof unit === 'string' ? unit : unit.unread;
}

function put(at: string, unit: Unit): readonly Action[] {
  const { dropIn, dropInFolder } = guestPaths(at);
  const text = textOf(unit);
  return [
    { run: ['mkdir', '-p', dropInFolder] },
    ...variablesFor(at, text),
    { write: dropIn, text: withLookups(text) },
    reload,
  ];
}

function away(at: string): readonly Action[] {
  const { dropIn, dropInFolder } = guestPaths(at);
  return [
    { run: ['rm', '-f', dropIn] },
    // It may hold somebody else's drop-ins.
    { run: ['rmdir', '--ignore-fail-on-non-empty', dropInFolder] },
    reload,
    // A failed unit would stay in systemd's list for good; a pattern that matches nothing is not an error.
    { run: ['systemctl', 'reset-failed', `${guestPaths(at).unit}*`] },
  ];
}
