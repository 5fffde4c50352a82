import { bootPlaces } from '../model/boot.ts';
import type { Json } from '../model/json.ts';
import type { Action } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { daemonReload, isRead, put } from './boot-files.ts';
import { bootUnitText } from './boot-unit-text.ts';
import type { Resource } from './resource.ts';

const { unit, unitFile, unitLink } = bootPlaces;

/** vflane's own unit: its text, null if missing, and whether systemd starts it. */
type Unit = { readonly text: string | null; readonly enabled: boolean };

const none: Unit = { text: null, enabled: false };

/** The unit by which systemd brings the host back at every start, before its guests. */
export const bootUnit: Resource = {
  kind: 'boot-unit',
  timeoutMs: 10_000,
  wanted: ({ boot }) => (boot ? [{ at: unit, value: { text: bootUnitText(boot.exec), enabled: true } }] : []),
  there: ({ boot }) => {
    if (boot === undefined) return [];
    const { unit: text, enabled } = boot;
    if (isUnseen(text)) return [{ at: unit, value: text }];
    if (isUnseen(enabled)) return [{ at: unit, value: enabled }];
    return text === null && !enabled ? [] : [{ at: unit, value: { text, enabled } }];
  },
  move: (_at, from, to) => ({ actions: change(asUnit(from), asUnit(to)) }),
  settled: (_at, to) => [
    ...(asUnit(to).text === null ? [] : [isRead(unit)]),
    { link: unitLink, is: asUnit(to).enabled ? unit : '' },
  ],
  why: (from, to) => {
    if (to === null) return 'Let the host start without vflane.';
    return from === null
      ? 'Have systemd bring the host back at every start, before its guests.'
      : 'Update the unit by which systemd brings the host back.';
  },
};

function asUnit(value: Json): Unit {
  return value === null ? none : (value as Unit);
}

/** A unit has to be disabled while systemd can still read its [Install] section. */
function change(from: Unit, to: Unit): readonly Action[] {
  const able = (verb: 'enable' | 'disable'): Action => ({ run: ['systemctl', '--quiet', verb, unit] });
  return [
    ...(to.enabled ? [] : [able('disable')]),
    ...(from.text === to.text ? [] : [...put(unitFile, to.text), daemonReload]),
    ...(to.enabled ? [able('enable')] : []),
  ];
}
